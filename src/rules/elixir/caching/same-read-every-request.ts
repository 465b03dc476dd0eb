import { outlineOfClause } from "../../../model/outline.js";
import type { FunctionId, Project, ProjectFunction } from "../../../model/project.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { everyRequest, type EveryRequest } from "../../shared/every-request.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = {
  function: string;
  entry: string;
  routes: number;
  schema: string;
  cache: "cachex" | "con_cache" | "nebulex" | "term" | "ets";
  writers: readonly string[];
};

export const sameReadEveryRequest = defineRule<Slots>({
  id: "same-read-every-request",
  title: "Every request reads the same rows again",
  trigger: "critical_pattern",
  area: "caching",
  severity: "low",
  cwe: [],
  silencedBy: {},
  match: (facts, project) => readsByPath(project).get(facts.path) ?? [],
  what: ({ function: name, entry, routes, schema }) =>
    `\`${entry}\`, which runs in front of ${routes} routes, asks \`${name}\` each time, and that reads \`${schema}\` without being given anything: the answer is the same for everybody.`,
  why: ({ writers }) =>
    `Each request waits for a query whose answer changes only where ${listed(writers)} ${writers.length === 1 ? "writes" : "write"}.`,
  instead: ({ cache, function: name, writers }) =>
    `${caches[cache].replace("NAME", `\`${name}\``)}, and forget it after the write in ${listed(writers)}, on every node where there are several.`,
  notWhen: [
    "It is given an argument: a user, a tenant, a session.",
    "It, or something on the way to it, asks a cache (ETS, `:persistent_term`, Cachex, ConCache, Nebulex, an agent or server).",
    "The plug or hook stands in front of fewer than ten routes.",
    "Which table it reads is not told by a schema it names.",
    "No function, or more than three, is seen writing the table: then what has to forget the cached rows cannot be listed.",
  ],
  examples: [{ bad: shop("Shop.Settings.all()"), at: "all", good: shop("Shop.Settings.of(conn.assigns.tenant)") }],
});

function listed(writers: readonly string[]): string {
  return writers.map((writer) => `\`${writer}\``).join(", ");
}

const caches: Readonly<Record<Slots["cache"], string>> = {
  cachex: "Keep what NAME gives with `Cachex.fetch`, which this project has",
  con_cache: "Keep what NAME gives with `ConCache.get_or_store`, which this project has",
  nebulex: "Keep what NAME gives with the project's Nebulex cache",
  term: "Keep what NAME gives in `:persistent_term`, which costs nothing to read and suits rows that are hardly ever written",
  ets: "Keep what NAME gives in an ETS table that a supervised process owns (`read_concurrency: true`), as several functions write it",
};

function shop(read: string): Record<string, string> {
  return {
    "lib/shop_web/router.ex": `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug ShopWeb.Settings
  end

  scope "/" do
    pipe_through :browser
    ${Array.from({ length: 10 }, (_, number) => `get "/page${number}", ShopWeb.PageController, :page${number}`).join("\n    ")}
  end
end
`,
    "lib/shop_web/settings.ex": `defmodule ShopWeb.Settings do
  import Plug.Conn

  def init(options), do: options
  def call(conn, _options), do: assign(conn, :settings, ${read})
end
`,
    "lib/shop/settings.ex": `defmodule Shop.Settings do
  alias Shop.{Repo, Setting}

  def all, do: Repo.all(Setting)
  def of(tenant), do: Repo.all(Setting, prefix: tenant)
  def change(setting, attrs), do: Repo.update(Setting.changeset(setting, attrs))
end

defmodule Shop.Setting do
  use Ecto.Schema

  schema "settings" do
    field :name, :string
  end
end
`,
  };
}

const farthest = 3;
const mostWriters = 3;

interface Read {
  readonly path: readonly FunctionId[];
  readonly entry: EveryRequest;
}

const readsByPath = perProject((project) => {
  const byPath = new Map<string, Match<Slots>[]>();
  const seen = new Set<FunctionId>();
  for (const entry of everyRequest(project)) {
    for (const read of readsFrom(entry, project)) {
      const id = read.path.at(-1) ?? "";
      const found = project.functions.get(id);
      const match = found === undefined || seen.has(id) ? null : matchOf(found, read, project);
      if (found === undefined || match === null) continue;
      seen.add(id);
      byPath.set(found.path, [...(byPath.get(found.path) ?? []), match]);
    }
  }
  return byPath;
});

/** Functions without parameters that query by themselves, with the calls that lead to them; no way through a cache. */
function readsFrom(entry: EveryRequest, project: Project): Read[] {
  const found: Read[] = [];
  const seen = new Set<FunctionId>();
  let frontier: FunctionId[][] = [[entry.id]];
  for (let step = 0; step <= farthest; step += 1) {
    const next: FunctionId[][] = [];
    for (const path of frontier) {
      const id = path.at(-1) ?? "";
      const current = project.functions.get(id);
      if (current === undefined || seen.has(id) || asksCache(current)) continue;
      seen.add(id);
      if (current.facts.arity === 0 && queries(id, project)) found.push({ path, entry });
      for (const { callee, deferred } of project.calls.get(id) ?? []) if (!deferred) next.push([...path, callee]);
    }
    frontier = next;
  }
  return found;
}

function queries(id: FunctionId, project: Project): boolean {
  const effects = project.directEffects.get(id) ?? [];
  return effects.some(({ effect }) => effect === "query") && !effects.some(({ effect }) => effect === "write");
}

const caching = /^(:ets|:persistent_term|Cachex|ConCache|Agent|GenServer|Memoize|:mnesia)$|Cache/;

function asksCache({ facts: { clauses } }: ProjectFunction): boolean {
  return clauses.some((clause) =>
    outlineOfClause(clause).calls.some(({ module, function: name }) => caching.test(module ?? "") || /cache|memo/i.test(name)),
  );
}

function matchOf(found: ProjectFunction, { path, entry }: Read, project: Project): Match<Slots> | null {
  const schema = schemaRead(found, project);
  const writers = schema === null ? [] : writersOf(schema, project);
  if (schema === null || writers.length === 0 || writers.length > mostWriters) return null;
  return {
    span: found.facts.nameSpan,
    confidence: "likely",
    slots: {
      function: spoken(found.id),
      entry: spoken(entry.id),
      routes: entry.routes,
      schema: spoken(schema),
      cache: cacheFor(writers.length, project),
      writers: writers.map(({ id }) => spoken(id)),
    },
    evidence: [
      ...path.slice(0, -1).flatMap((id) => clue(id, "leads to it", project)),
      ...writers.flatMap(({ id }) => clue(id, "writes what it reads", project)),
    ],
  };
}

function clue(id: FunctionId, note: string, project: Project): Clue[] {
  const entry = project.functions.get(id);
  return entry === undefined ? [] : [{ at: { path: entry.path, span: entry.facts.nameSpan }, note: `${spoken(id)} ${note}` }];
}

/** The one stored schema the function names. */
function schemaRead(found: ProjectFunction, project: Project): string | null {
  const named = new Set(
    found.facts.clauses.flatMap((clause) => namesIn(clause)).filter((name) => (project.schemas.get(name)?.table ?? null) !== null),
  );
  const [schema, ...others] = named;
  return schema !== undefined && others.length === 0 ? schema : null;
}

function namesIn(clause: ProjectFunction["facts"]["clauses"][number]): string[] {
  const { modules, structs, calls } = outlineOfClause(clause);
  return [...modules.map(({ name }) => name), ...structs, ...calls.flatMap(({ module }) => module ?? [])];
}

/** Functions that write and name the schema. */
function writersOf(schema: string, project: Project): ProjectFunction[] {
  return [...project.directEffects].flatMap(([id, effects]) => {
    const entry = effects.some(({ effect }) => effect === "write") ? project.functions.get(id) : undefined;
    if (entry === undefined || !isProduction(entry.path)) return [];
    return entry.facts.clauses.some((clause) => namesIn(clause).includes(schema)) ? [entry] : [];
  });
}

function cacheFor(writers: number, { dependencies }: Project): Slots["cache"] {
  if (dependencies.has("cachex")) return "cachex";
  if (dependencies.has("con_cache")) return "con_cache";
  if (dependencies.has("nebulex")) return "nebulex";
  return writers <= 1 ? "term" : "ets";
}
