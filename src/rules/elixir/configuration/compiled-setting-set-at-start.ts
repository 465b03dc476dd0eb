import type { Call } from "../../../model/expression.js";
import type { ModuleFacts } from "../../../model/facts.js";
import { outlineOfBody, outlineOfClause } from "../../../model/outline.js";
import type { Location, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, moduleNameOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { perProject } from "../../shared/per-project.js";

type Slots = { key: string; module: string; file: string };

export const compiledSettingSetAtStart = defineRule<Slots>({
  id: "compiled-setting-set-at-start",
  title: "A setting that is compiled in is set again when the program starts",
  trigger: "hardcoded_values",
  area: "configuration",
  severity: "high",
  cwe: ["CWE-1188"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path) || setAtStart(project).size === 0) return [];
    return facts.modules.flatMap((module) => matchesIn(module, project));
  },
  what: ({ key, module, file }) =>
    `\`${module}\` compiles \`${key}\` in with \`compile_env\`, and \`${file}\` sets it when the program starts.`,
  why: () =>
    'Elixir compares both at start: as soon as they differ a release stops before it serves anything ("the application has a different value set … during runtime compared to compile time").',
  instead: ({ key }) =>
    `Read \`${key}\` in a function with \`Application.fetch_env!\`, or set it in \`config.exs\` and \`prod.exs\` alone.`,
  notWhen: [
    "The setting at start is for development or tests alone, or stands under another key of the same application.",
    "The module asks for a key inside the setting that is not set at start.",
    "It is read with `Application.get_env`, which is another fault.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/rates.ex": `defmodule Shop.Rates do
  @source Application.compile_env!(:shop, :rates_url)

  def today, do: Req.get!(@source).body
end
`,
        "config/runtime.exs": `import Config

config :shop, :rates_url, System.fetch_env!("RATES_URL")
`,
      },
      at: "Application.compile_env!(:shop, :rates_url)",
      good: {
        "lib/shop/rates.ex": `defmodule Shop.Rates do
  @source Application.compile_env!(:shop, [:rates, :source])

  def today, do: Req.get!(@source).body
end
`,
        "config/runtime.exs": `import Config

config :shop, :rates, key: System.fetch_env!("RATES_KEY")
`,
      },
    },
  ],
});

interface SetAtStart extends Location {
  /** The keys within the setting; null when its value is no keyword list. */
  readonly inner: readonly string[] | null;
}

const setAtStart = perProject((project): ReadonlyMap<string, SetAtStart> => {
  const found = new Map<string, SetAtStart>();
  for (const { path, span, application, key, value, call } of project.configuration) {
    if (!/(^|\/)(runtime|releases)\.exs$/.test(path) || isForTests(call, path, project)) continue;
    const inner = value.kind === "keyword" ? value.entries.map((entry) => entry.key) : null;
    if (key !== null) found.set(`${application} ${key}`, { path, span, inner });
    else if (value.kind === "keyword")
      for (const entry of value.entries) found.set(`${application} ${entry.key}`, { path, span, inner: null });
  }
  return found;
});

function isForTests({ span }: Call, path: string, project: Project): boolean {
  const branches = (project.files.get(path)?.topLevel ?? []).flatMap((expression) => collect(expression, "branch"));
  return branches.some(
    ({ subject, span: within }) =>
      within.start < span.start &&
      span.end <= within.end &&
      subject !== null &&
      collect(subject, "literal").some(({ value }) => value === "test" || value === "dev"),
  );
}

function matchesIn(module: ModuleFacts, project: Project): Match<Slots>[] {
  return compiledReads(module).flatMap((read) => {
    const asked = keyOf(read);
    const set = asked === null ? undefined : setAtStart(project).get(`${asked.application} ${asked.key}`);
    if (asked === null || set === undefined || (asked.inner !== null && set.inner !== null && !set.inner.includes(asked.inner))) return [];
    return [
      {
        span: read.segment,
        confidence: "likely",
        slots: { key: asked.inner === null ? asked.key : `${asked.key}.${asked.inner}`, module: module.name, file: set.path },
        evidence: [{ at: set, note: `sets ${asked.key} when the program starts` }],
      },
    ];
  });
}

function compiledReads(module: ModuleFacts): Call[] {
  const inAttributes = module.attributes.flatMap(({ value }) => (value === null ? [] : collect(value, "call")));
  const named = (calls: readonly { readonly function: string }[]): boolean =>
    calls.some(({ function: name }) => /^compile_env!?$/.test(name));
  const inBody = named(outlineOfBody(module).distinct) ? module.body.flatMap((call) => collect(call, "call")) : [];
  const clauses = module.functions.flatMap((entry) => entry.clauses).filter((clause) => named(outlineOfClause(clause).calls));
  const inFunctions = clauses.flatMap(({ body }) => (body === null ? [] : collect(body, "call")));
  return [...inAttributes, ...inBody, ...inFunctions].filter(
    (call) => call.module === "Application" && /^compile_env!?$/.test(call.function),
  );
}

function keyOf({ arguments: [application, key] }: Call): { application: string; key: string; inner: string | null } | null {
  const of = atomOf(application);
  const [first, second] = key?.kind === "list" ? key.elements : [key];
  const name = atomOf(first) ?? moduleNameOf(first);
  return of === null || name === null ? null : { application: of, key: name, inner: atomOf(second) ?? moduleNameOf(second) };
}
