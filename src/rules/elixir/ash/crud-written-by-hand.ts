import type { Project, ProjectFunction, Schema } from "../../../model/project.js";
import { underscore } from "../../../project/underscore.js";
import { defineRule, type Match } from "../../define.js";
import { usesAsh } from "../../shared/ash.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { schemas: number; functions: number; example: string; named: readonly string[] };

export const crudWrittenByHand = defineRule<Slots>({
  id: "crud-written-by-hand",
  title: "Contexts write out for many schemas what a declared resource would give",
  trigger: "advice",
  area: "framework",
  severity: "low",
  cwe: [],
  silencedBy: {},
  match(facts, project) {
    const advice = adviceOf(project);
    return advice?.path === facts.path ? [advice.match] : [];
  },
  what: ({ schemas, functions, named }) =>
    `For ${schemas} schemas the contexts of this project write the same list, get, create, update and delete by hand (${functions} functions; ${named.map((name) => `\`${name}\``).join(", ")} …).`,
  why: () =>
    "Each new schema brings them again, and who may do what, what is validated and what is loaded is decided in each of them anew; a framework of declared resources such as Ash states it once for a resource and derives these functions, its API and its policies from that.",
  instead: ({ example }) =>
    `Try Ash on one schema before deciding: declare \`${example}\` as a resource over the table that is there, compare, and go on only if it says more in less; this advice is given once.`,
  notWhen: [
    "The project uses Ash already.",
    "Fewer than twelve schemas have at least four of the five functions.",
    "It was said before: there is one such finding in a project, and a decision settles it for good.",
  ],
  examples: [
    {
      bad: contexts(12),
      at: "list_things0",
      good: contexts(11),
    },
  ],
});

/** Contexts for so many schemas, as the generator writes them. */
function contexts(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let number = 0; number < count; number += 1) {
    files[`lib/shop/context${number}.ex`] = `defmodule Shop.Context${number} do
  alias Shop.{Repo, Thing${number}}

  def list_things${number}, do: Repo.all(Thing${number})
  def get_thing${number}!(id), do: Repo.get!(Thing${number}, id)
  def create_thing${number}(attrs), do: Repo.insert(Thing${number}.changeset(%Thing${number}{}, attrs))
  def update_thing${number}(thing, attrs), do: Repo.update(Thing${number}.changeset(thing, attrs))
  def delete_thing${number}(thing), do: Repo.delete(thing)
end

defmodule Shop.Thing${number} do
  use Ecto.Schema

  schema "things${number}" do
    field :name, :string
  end

  def changeset(thing, attrs), do: Ecto.Changeset.cast(thing, attrs, [:name])
end
`;
  }
  return files;
}

const fewestSchemas = 12;
const fewestFunctions = 4;

interface ByHand {
  readonly schema: Schema;
  readonly functions: readonly ProjectFunction[];
}

const adviceOf = perProject((project): { readonly path: string; readonly match: Match<Slots> } | null => {
  if (usesAsh(project) || project.schemas.size < fewestSchemas) return null;
  const found = schemasByHand(project);
  const [first] = found;
  const shown = first?.functions[0];
  if (first === undefined || shown === undefined || found.length < fewestSchemas) return null;
  const all = found.flatMap(({ functions }) => functions);
  const match: Match<Slots> = {
    span: shown.facts.nameSpan,
    confidence: "likely",
    slots: {
      schemas: found.length,
      functions: all.length,
      example: first.schema.module,
      named: first.functions.slice(0, 3).map(({ id }) => spoken(id)),
    },
    evidence: found
      .slice(1, 6)
      .flatMap(({ functions }) =>
        functions
          .slice(0, 1)
          .map(({ id, path, facts }) => ({ at: { path, span: facts.nameSpan }, note: `${spoken(id)} and the others for its schema` })),
      ),
  };
  return { path: shown.path, match };
});

/** Stored schemas with at least four of the five functions in one context, by the context's path. */
function schemasByHand(project: Project): ByHand[] {
  const byName = new Map<string, ProjectFunction[]>();
  for (const entry of project.functions.values()) {
    const { name, visibility } = entry.facts;
    if (visibility !== "public" || !/^(list|get|create|update|delete)_/.test(name) || !isProduction(entry.path)) continue;
    const key = name.replace(/!$/, "");
    byName.set(key, [...(byName.get(key) ?? []), entry]);
  }
  return [...project.schemas.values()]
    .flatMap((schema) => (schema.table === null ? [] : byHand(schema, byName)))
    .sort((one, other) => ((one.functions[0]?.path ?? "") < (other.functions[0]?.path ?? "") ? -1 : 1));
}

function byHand(schema: Schema, byName: ReadonlyMap<string, readonly ProjectFunction[]>): ByHand[] {
  const singular = underscore(schema.module.split(".").at(-1) ?? "");
  const names = [`list_${schema.table ?? ""}`, `get_${singular}`, `create_${singular}`, `update_${singular}`, `delete_${singular}`];
  const candidates = names.map((name) => byName.get(name) ?? []);
  const homes = new Set(candidates.flat().map(({ module }) => module));
  for (const home of homes) {
    const functions = candidates.flatMap((found) => found.filter(({ module }) => module === home).slice(0, 1));
    if (functions.length >= fewestFunctions) return [{ schema, functions }];
  }
  return [];
}
