import type { Changeset, Location, Project, Schema, Table } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { callersOf } from "../../../project/callers-of.js";
import { functionAt } from "../../../project/function-at.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import type { RunQuery } from "../../../project/queries/types.js";
import { queriesOf } from "../../../project/queries/queries-in.js";
import { tableOf } from "../../../project/schema-of.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { uniqueIndexes, uniquenessDoubt } from "../../shared/unique-indexes.js";
import { spoken } from "../../shared/written.js";

type Slots = { function: string; columns: string; table: string; schema: string; asked: string; index: string };

const schemaText = `defmodule Shop.Favourite do
  use Ecto.Schema

  schema "favourites" do
    belongs_to :user, Shop.User
    belongs_to :item, Shop.Item
  end
end
`;

const contextText = `defmodule Shop.Favourites do
  def remove(user, item) do
    case Shop.Repo.get_by(Shop.Favourite, user_id: user.id, item_id: item.id) do
      nil -> {:error, :not_found}
      favourite -> Shop.Repo.delete(favourite)
    end
  end
end
`;

export const pairNotUnique = defineRule<Slots>({
  id: "pair-not-unique",
  title: "Two columns are expected to name one row, and nothing keeps them unique",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-694"],
  silencedBy: {},
  fix: "add-unique-index",
  where: (project) => pairsByPath(project),
  match(facts, project) {
    if (project.database.migrations === 0 || !isProduction(facts.path)) return [];
    return (pairsByPath(project).get(facts.path) ?? []).map(({ pair, at }) => matchOf(pair, at.span));
  },
  what: ({ function: name, columns, table, asked: call }) =>
    `\`${name}\` takes it for granted (\`${call}\`) that ${columns} name one row of \`${table}\`, but after every migration has run no unique index says so.`,
  why: ({ schema, asked: call }) =>
    `A double click or a retried request stores a second \`${schema}\` with the same values; from then on \`${call}\` raises \`Ecto.MultipleResultsError\` for that pair, every time.`,
  instead: ({ index }) =>
    `Merge the duplicates that exist, add a migration with \`${index}\`, and declare it in the changeset with \`unique_constraint\` (or insert with \`on_conflict: :nothing\`). Where several such rows are right, read them with \`Repo.all\` or a limit.`,
  notWhen: [
    "A unique index, unique constraint or primary key covers the columns or some of them.",
    "A name is asked for, and another unique index holds the owner or the name: the same row sent twice is refused by that.",
    "The query has a limit, or asks for more than these columns, or a part of it could not be read.",
    "A column asked for is neither the key of a `belongs_to` nor, once, a name beside such a key (`name`, `slug`, `email`, `username`).",
    "A statement that could not be read may have made the index.",
    "The code is a test, a seed, a migration or a task.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/favourite.ex": schemaText,
        "lib/shop/favourites.ex": contextText,
        "priv/repo/migrations/20240101000000_create_favourites.exs": migrationText("create index(:favourites, [:user_id, :item_id])"),
      },
      at: "Shop.Repo.get_by(Shop.Favourite, user_id: user.id, item_id: item.id)",
      good: {
        "lib/shop/favourite.ex": schemaText,
        "lib/shop/favourites.ex": contextText,
        "priv/repo/migrations/20240101000000_create_favourites.exs": migrationText(
          "create unique_index(:favourites, [:item_id, :user_id])",
        ),
      },
    },
  ],
});

function migrationText(index: string): string {
  return `defmodule Shop.Repo.Migrations.CreateFavourites do
  use Ecto.Migration

  def change do
    create table(:favourites) do
      add :user_id, references(:users)
      add :item_id, references(:items)
    end

    ${index}
  end
end
`;
}

interface Pair {
  readonly schema: Schema;
  readonly table: Table;
  readonly columns: readonly string[];
  readonly queries: readonly RunQuery[];
}

/** Pairs of keys that queries expect to name one row and nothing keeps unique, by the file they are told in. */
const pairsByPath = perProject((project): ReadonlyMap<string, readonly { pair: Pair; at: Location }[]> => {
  const pairs = new Map<string, Pair>();
  for (const query of queriesOf(project)) {
    const pair = isProduction(query.at.path) ? pairOf(query, project) : null;
    if (pair === null) continue;
    const key = [pair.table.name, ...[...pair.columns].sort()].join(" ");
    pairs.set(key, { ...pair, queries: [...(pairs.get(key)?.queries ?? []), query] });
  }
  const byPath = new Map<string, { pair: Pair; at: Location }[]>();
  for (const pair of pairs.values()) {
    const at = placeOfPair(pair, project);
    if (at !== null) byPath.set(at.path, [...(byPath.get(at.path) ?? []), { pair, at }]);
  }
  return byPath;
});

/** What people call a row by; within one owner it is expected once. */
const naming = /^(name|slug|key|email|username|handle)$/;

/** A query that raises when it finds two rows, and asks for nothing but keys of other rows, or for one such key and a name. */
function pairOf(query: RunQuery, project: Project): Pair | null {
  if (!/^(get_by|one)!?$/.test(query.name) || query.limited || query.aggregated || query.opaque || query.sources.length !== 1) return null;
  const schema = project.schemas.get(query.sources[0]?.schema ?? "");
  const table = schema === undefined ? null : tableOf(project, schema);
  if (schema === undefined || table === null || !query.filters.every((filter) => filter.operator === "==" && filter.always)) return null;
  const columns = [...new Set(query.filters.map((filter) => filter.column))];
  const others = columns.filter((column) => !isKey(column, schema));
  if (columns.length < 2 || others.length > 1 || !others.every((column) => naming.test(column))) return null;
  if (isUnique(columns, table) || uniquenessDoubt(project.database, table)) return null;
  if (others.length > 0 && uniqueIndexes(table).some((index) => index.columns.some((column) => columns.includes(column)))) return null;
  return { schema, table, columns, queries: [] };
}

/** The last step of the changeset that takes the columns (an owner may stand in the struct), where serving code uses one: there the constraint belongs. Else the first query. */
function placeOfPair({ schema, columns, queries }: Pair, project: Project): Location | null {
  const used = changesetsOf(project, schema).filter((changeset) =>
    callersOf(project, changeset.function).some((site) => isProduction(site.path)),
  );
  const names = columns.filter((column) => !isKey(column, schema));
  const taken = names.length > 0 ? names : columns;
  for (const changeset of used) {
    const cast = changeset.casts.find(({ fields }) => taken.every((column) => fields?.includes(column) === true));
    if (cast !== undefined) return lastStep(changeset, cast, project);
  }
  return queries[0]?.at ?? null;
}

/** What the function that casts does last to the changeset. */
function lastStep({ casts, required, constraints }: Changeset, cast: Location, project: Project): Location {
  const holder = functionAt(project, cast.path, cast.span)?.facts.clauses.find(({ span }) => contains(span, cast.span));
  const own = [...casts, ...required, ...constraints].filter(
    (step) => step.path === cast.path && holder !== undefined && contains(holder.span, step.span),
  );
  return own.sort((one, other) => one.span.end - other.span.end).at(-1) ?? cast;
}

function matchOf({ schema, table, columns, queries }: Pair, span: Span): Match<Slots> {
  const [query] = queries;
  return {
    span,
    confidence: "likely",
    slots: {
      function: spoken(query?.caller ?? ""),
      columns: columns.map((column) => `\`${column}\``).join(" and "),
      table: table.name,
      schema: schema.module,
      asked: query?.name ?? "",
      index: `create unique_index(:${table.name}, [${columns.map((column) => `:${column}`).join(", ")}])`,
    },
    evidence: [
      ...queries.slice(0, 3).map(({ at, caller }) => ({ at, note: `${spoken(caller)} expects one row` })),
      { at: table, note: `${table.name} is created here` },
    ],
  };
}

function isKey(column: string, schema: Schema): boolean {
  return schema.associations.some((association) => association.cardinality === "belongs_to" && association.foreignKey === column);
}

/** Rows equal in all of an index's columns are refused, whatever else is asked for. A partial index may leave out these rows, but somebody thought of them. */
function isUnique(columns: readonly string[], table: Table): boolean {
  return uniqueIndexes(table).some((index) => index.columns.length > 0 && index.columns.every((column) => columns.includes(column)));
}
