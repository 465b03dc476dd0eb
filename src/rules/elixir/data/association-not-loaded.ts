import type { Access, Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Association, CallSite, FunctionId, Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { callsWithin } from "../../../project/callers-of.js";
import { loopsIn } from "../../../project/loops-in.js";
import { defineRule, type Match } from "../../define.js";
import { asksWhetherLoaded } from "../../shared/conditional.js";
import type { Definition } from "../../shared/definitions.js";
import { plainLoaders, plainRead, type PlainRows } from "../../shared/plain-rows.js";
import { among, definitionsWith, selectedIn } from "../../shared/selections.js";
import { written } from "../../shared/written.js";

type Slots = { use: string; row: string; association: string; schema: string; loaded: string };

const reading = among(definitionsWith("query"), mayRead);

export const associationNotLoaded = defineRule<Slots>({
  id: "association-not-loaded",
  title: "An association is used that nothing has loaded",
  trigger: "n_plus_one",
  area: "data",
  severity: "high",
  cwe: ["CWE-476"],
  silencedBy: {},
  fix: "preload-loaded",
  where: reading,
  match(facts, project) {
    return selectedIn(reading, facts, project).flatMap((definition) => matchesOf(definition, project));
  },
  what: ({ use, row, association, loaded }) =>
    `\`${use}\` needs the association \`${association}\`, and \`${row}\` comes from \`${loaded}\`, which does not load it.`,
  why: ({ row, association, schema }) =>
    `\`${row}.${association}\` is \`%Ecto.Association.NotLoaded{}\` there, so this raises every time it runs with a \`${schema}\` that was found.`,
  instead: ({ row, association }) =>
    `Preload it where the row is loaded: \`preload: [:${association}]\` in the query, or \`Repo.preload(${row}, :${association})\` before it is used.`,
  notWhen: [
    "Anything on the way is not known: a query built elsewhere, a `select`, a join, options, a repository that preloads by itself.",
    "The name is bound a second time in the function, as by `post = Repo.preload(post, :author)`.",
    "The function asks `Ecto.assoc_loaded?` or matches `NotLoaded`.",
    "The association is embedded.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/user.ex": 'defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :name, :string\n  end\nend\n',
        "lib/shop/post.ex":
          'defmodule Shop.Post do\n  use Ecto.Schema\n\n  schema "posts" do\n    belongs_to :author, Shop.User\n  end\nend\n',
        "lib/shop/blog.ex":
          "defmodule Shop.Blog do\n  alias Shop.{Post, Repo}\n\n  def author_name(id) do\n    post = Repo.get!(Post, id)\n    post.author.name\n  end\nend\n",
      },
      at: "post.author.name",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/user.ex": 'defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :name, :string\n  end\nend\n',
        "lib/shop/post.ex":
          'defmodule Shop.Post do\n  use Ecto.Schema\n\n  schema "posts" do\n    belongs_to :author, Shop.User\n  end\nend\n',
        "lib/shop/blog.ex":
          "defmodule Shop.Blog do\n  alias Shop.{Post, Repo}\n\n  def author_name(id) do\n    post = Post |> Repo.get!(id) |> Repo.preload(:author)\n    post.author.name\n  end\nend\n",
      },
    },
  ],
});

/** Told from outlines and calls alone. */
function mayRead({ id, clause }: Definition, project: Project): boolean {
  const within = ({ span }: { readonly span: Span }): boolean => contains(clause.span, span);
  const asks = project.directEffects.get(id)?.some((site) => site.effect === "query" && within(site)) ?? false;
  if (!asks && !loadsRows(id, within, project)) return false;
  return !asksWhetherLoaded(outlineOfClause(clause));
}

function loadsRows(id: FunctionId, within: (site: CallSite) => boolean, project: Project): boolean {
  const sites = project.calls.get(id);
  if (sites === undefined) return false;
  const loaders = plainLoaders(project);
  return sites.some((site) => loaders.has(site.callee) && within(site));
}

interface Known {
  readonly rows: PlainRows;
  readonly from: Expression;
}

function matchesOf(definition: Definition, project: Project): Match<Slots>[] {
  const rows = rowsByName(definition, project);
  if (rows.size === 0) return [];
  const seen = new Set<string>();
  return usesIn(definition.body).flatMap(({ use, row, field, many }) => {
    const known = row.kind === "variable" ? rows.get(row.name) : undefined;
    if (row.kind !== "variable" || known === undefined || known.rows.list || use.span.start < known.from.span.end) return [];
    const association = known.rows.schema.associations.find(({ name }) => name === field);
    if (association === undefined || isMany(association) !== many || seen.has(`${row.name}.${field}`)) return [];
    seen.add(`${row.name}.${field}`);
    const schema = known.rows.schema.module.split(".").at(-1) ?? "";
    return [
      {
        span: use.span,
        confidence: known.from.kind === "call" && plainRead(known.from, project) !== null ? "certain" : "likely",
        slots: { use: written(use), row: row.name, association: field, schema, loaded: written(known.from) },
        evidence: [
          { at: { path: definition.function.path, span: known.from.span }, note: `loads ${schema} without its associations` },
          { at: association, note: `declares the association :${field}` },
        ],
      },
    ];
  });
}

function isMany({ cardinality }: Association): boolean | null {
  if (cardinality === "has_many" || cardinality === "many_to_many") return true;
  return cardinality.startsWith("embeds_") ? null : false;
}

interface Use {
  readonly use: Expression;
  readonly row: Expression;
  readonly field: string;
  readonly many: boolean;
}

/** `row.author.name`, and `Enum.map(row.comments, …)` or `for comment <- row.comments`. */
function usesIn(body: Expression): Use[] {
  const uses: Use[] = [];
  walk(body, (expression) => {
    if (expression.kind === "access" && expression.field !== null && !expression.field.startsWith("__") && isField(expression.subject))
      uses.push({ use: expression, row: expression.subject.subject, field: expression.subject.field, many: false });
    const source = expression.kind === "call" && expression.module === "Enum" ? expression.arguments[0] : null;
    if (expression.kind === "call" && source !== null && source !== undefined && isField(source))
      uses.push({ use: source, row: source.subject, field: source.field, many: true });
    for (const generator of expression.kind === "loop" ? expression.generators : []) {
      if (isField(generator.source))
        uses.push({ use: generator.source, row: generator.source.subject, field: generator.source.field, many: true });
    }
  });
  return uses;
}

function isField(expression: Expression): expression is Access & { field: string } {
  return expression.kind === "access" && expression.field !== null;
}

/** Names that hold such rows wherever they stand in the clause: bound once, by the read itself or by a loop over its list. */
function rowsByName(definition: Definition, project: Project): ReadonlyMap<string, Known> {
  const found = new Map<string, Known>();
  const times = bindings(definition);
  const once = (name: string): boolean => times.get(name) === 1;
  for (const { pattern, value } of collect(definition.body, "match")) {
    const rows = rowsOf(value, definition, project);
    if (pattern.kind === "variable" && once(pattern.name) && rows !== null) found.set(pattern.name, { rows, from: value });
  }
  for (const { patterns, source } of loopsIn(definition.body)) {
    const [element, ...more] = patterns;
    if (element?.kind !== "variable" || more.length > 0 || source === null || !once(element.name)) continue;
    const held = source.kind === "variable" ? found.get(source.name) : undefined;
    const rows = held?.rows ?? rowsOf(source, definition, project);
    if (rows?.list === true) found.set(element.name, { rows: { ...rows, list: false }, from: held?.from ?? source });
  }
  return found;
}

function rowsOf(value: Expression, definition: Definition, project: Project): PlainRows | null {
  if (value.kind !== "call") return null;
  const site = callsWithin(project, definition.id, value.segment).find(
    ({ span }) => span.start === value.segment.start && span.end === value.segment.end,
  );
  return site === undefined ? plainRead(value, project) : (plainLoaders(project).get(site.callee) ?? null);
}

/** How often each name is bound in a clause, its parameters included. */
function bindings({ clause, body }: Definition): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const count = (pattern: Expression): void => {
    for (const { name, pinned } of collect(pattern, "variable")) if (!pinned) times.set(name, (times.get(name) ?? 0) + 1);
  };
  clause.parameters.forEach(count);
  walk(body, (expression) => {
    if (expression.kind === "match") count(expression.pattern);
    if (expression.kind === "loop") for (const { pattern } of expression.generators) count(pattern);
    if (expression.kind === "branch") for (const { pattern } of expression.steps) if (pattern !== null) count(pattern);
    if (expression.kind === "branch" || expression.kind === "lambda")
      for (const { patterns } of expression.clauses) patterns.forEach(count);
  });
  return times;
}
