import type { Facts } from "../../../model/facts.js";
import type { ConfigurationEntry, Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { tellsOfBuild } from "../../shared/build-variables.js";
import { isReplaced, outsideProduction, uncommitted } from "../../shared/configured.js";
import { environmentReads } from "../../shared/environment-reads.js";
import { isReleased } from "../../shared/released.js";
import { namesSecret } from "../../shared/secrets.js";

type Slots = { variables: readonly string[]; more: number; file: string; secret: "yes" | "no" };

const released = `defmodule Shop.MixProject do
  use Mix.Project

  def project, do: [app: :shop, version: "1.0.0", releases: [shop: []]]
end
`;

export const variableReadWhenBuilt = defineRule<Slots>({
  id: "variable-read-when-built",
  title: "A release's configuration reads the environment of the machine that built it",
  trigger: "hardcoded_values",
  area: "configuration",
  severity: "medium",
  cwe: ["CWE-1188"],
  silencedBy: {},
  match: (facts, project) => (isBuildConfiguration(facts.path) && isReleased(project) ? matchesIn(facts, project) : []),
  what: ({ variables, more, file }) =>
    `\`${file}\` reads ${variables.map((name) => `\`${name}\``).join(", ")}${more === 0 ? "" : ` and ${more} more`} from the environment when the release is built.`,
  why: ({ secret }) =>
    secret === "yes"
      ? "A release carries what was set on the build machine: nothing where it was not set there, else a secret inside the artefact, and what is set where the program runs never arrives."
      : "A release carries what was set on the build machine, nothing where it was not set there: setting it where the program runs changes nothing.",
  instead: () => "Move these settings to `config/runtime.exs`, which a release evaluates each time it starts.",
  notWhen: [
    "Nothing says that the project is shipped as a release: there the file is evaluated at each start.",
    "`runtime.exs`, `releases.exs` or code at start sets the same key again.",
    "The variable tells of the build (a revision, a version), or the file is for development or tests.",
    "The read lies in a function, or in a `{:system, …}` tuple, which the library resolves later.",
  ],
  examples: [
    {
      bad: {
        "mix.exs": released,
        "config/config.exs": `import Config

config :shop, :stripe, api_key: System.get_env("STRIPE_KEY"), revision: System.get_env("GIT_SHA")
`,
      },
      at: `System.get_env("STRIPE_KEY")`,
      good: {
        "mix.exs": released,
        "config/config.exs": `import Config

config :shop, :stripe, api_key: System.get_env("STRIPE_KEY"), revision: System.get_env("GIT_SHA")
`,
        "config/runtime.exs": `import Config

config :shop, :stripe, api_key: System.fetch_env!("STRIPE_KEY")
`,
      },
    },
  ],
});

const shown = 3;

function isBuildConfiguration(path: string): boolean {
  return /(^|\/)config\/(config|prod|staging)\.exs$/.test(path);
}

interface Baked {
  readonly variable: string;
  readonly span: Span;
}

/** All reads of one file are one piece of advice. */
function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const skipped = facts.topLevel.flatMap(outsideProduction);
  const found = project.configuration
    .filter(({ path, span }) => path === facts.path && !skipped.some((within) => within.start <= span.start && span.end <= within.end))
    .flatMap((entry) => bakedIn(entry, project));
  const [first, ...others] = found;
  if (first === undefined) return [];
  const variables = [...new Set(found.map(({ variable }) => variable))];
  const secret = variables.some((variable) => namesSecret(variable));
  return [
    {
      span: first.span,
      confidence: uncommitted(project) ? "possible" : "likely",
      slots: {
        variables: variables.slice(0, shown),
        more: Math.max(variables.length - shown, 0),
        file: facts.path,
        secret: secret ? "yes" : "no",
      },
      evidence: others
        .slice(0, 6)
        .map(({ variable, span }) => ({ at: { path: facts.path, span }, note: `reads ${variable} when it is built` })),
    },
  ];
}

/** Values that are taken from the environment and not set again at start. */
function bakedIn(entry: ConfigurationEntry, project: Project): Baked[] {
  const pairs = collect(entry.value, "keyword").flatMap(({ entries }) => entries);
  const values = pairs.length > 0 ? pairs : entry.key === null ? [] : [{ key: entry.key, value: entry.value }];
  const found = new Map<number, Baked>();
  for (const { key, value } of values) {
    if (value.kind === "keyword" || isReplaced(entry, key, project) || (entry.key !== null && isReplaced(entry, entry.key, project)))
      continue;
    for (const read of environmentReads(value)) {
      if (read.kind === "variable" && !tellsOfBuild(read.name))
        found.set(read.call.span.start, { variable: read.name, span: read.call.segment });
    }
  }
  return [...found.values()];
}
