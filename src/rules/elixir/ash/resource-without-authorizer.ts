import type { Project, ProjectModule } from "../../../model/project.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { ashResources, hasAuthorizer, resourceOptions } from "../../shared/ash.js";

type Slots = { resource: string; guarded: number; all: number; sibling: string };

export const resourceWithoutAuthorizer = defineRule<Slots>({
  id: "resource-without-authorizer",
  title: "An Ash resource has no authorizer while its neighbours have one",
  trigger: "missing_auth",
  area: "security",
  severity: "medium",
  cwe: ["CWE-862"],
  silencedBy: {},
  match: (facts, project) => ashResources(project).flatMap((module) => (module.path === facts.path ? matchesOf(module, project) : [])),
  what: ({ resource, guarded, all }) =>
    `\`${resource}\` names no authorizer, while ${guarded} of the ${all} other resources beside it do: its actions ask nobody.`,
  why: ({ sibling }) =>
    `Whoever reaches an action of it may run it, with an actor or without; \`${sibling}\` beside it checks its policies each time, and the difference is one word in \`use Ash.Resource\`.`,
  instead: () =>
    "Add `authorizers: [Ash.Policy.Authorizer]` and a `policies` block; if everybody may do everything, say so in it: `policy always() do authorize_if always() end`.",
  notWhen: [
    "Fewer than two resources of its domain have one, or fewer than half of them: there is no habit to compare with.",
    "It is embedded or stored nowhere, so that it is reached through another resource only.",
    "It uses a module of the project that may add the authorizer.",
    "It belongs to tokens, versions or a join between two resources, which other resources manage.",
  ],
  examples: [
    {
      bad: resources("use Ash.Resource, domain: Blog, data_layer: AshPostgres.DataLayer"),
      at: "Blog.Invoice",
      good: resources("use Ash.Resource, domain: Blog, data_layer: AshPostgres.DataLayer, authorizers: [Ash.Policy.Authorizer]"),
    },
  ],
});

function resources(use: string): string {
  const guarded = ["Post", "Comment"].map(
    (name) => `defmodule Blog.${name} do
  use Ash.Resource, domain: Blog, data_layer: AshPostgres.DataLayer, authorizers: [Ash.Policy.Authorizer]
end
`,
  );
  return [...guarded, `defmodule Blog.Invoice do\n  ${use}\nend\n`].join("\n");
}

const managed = /(Token|Version|Membership|Join|Link|Tag)s?$|\.(Join|Through)\./;

function matchesOf(module: ProjectModule, project: Project): Match<Slots>[] {
  if (!isStored(module) || hasAuthorizer(module) || managed.test(module.name)) return [];
  const beside = ashResources(project).filter((other) => other !== module && isStored(other) && namespaceOf(other) === namespaceOf(module));
  const guarded = beside.filter(hasAuthorizer);
  const [sibling] = guarded;
  if (sibling === undefined || guarded.length < 2 || guarded.length * 2 < beside.length) return [];
  return [
    {
      span: module.facts.nameSpan,
      confidence: "likely",
      slots: { resource: shortName(module), guarded: guarded.length, all: beside.length, sibling: shortName(sibling) },
      evidence: [
        { at: { path: sibling.path, span: sibling.facts.nameSpan }, note: `${shortName(sibling)} names its authorizer`, comparison: true },
      ],
    },
  ];
}

function isStored(module: ProjectModule): boolean {
  const use = resourceOptions(module);
  const layer = use === null ? null : optionOf(use.options, "data_layer");
  return layer?.kind === "module" && layer.name !== "Ash.DataLayer.Simple";
}

function namespaceOf({ name }: ProjectModule): string {
  return name.slice(0, name.lastIndexOf("."));
}

function shortName({ name }: ProjectModule): string {
  return name.split(".").slice(-2).join(".");
}
