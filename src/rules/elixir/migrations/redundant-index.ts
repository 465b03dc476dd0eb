import type { Database, Index, Table } from "../../../model/project.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { uniqueIndexes } from "../../shared/unique-indexes.js";

type Slots = { index: string; columns: string; table: string; other: string; otherColumns: string; same: string; drop: string };

export const redundantIndex = defineRule<Slots>({
  id: "redundant-index",
  title: "An index is the beginning of another one",
  trigger: "missing_indexes",
  area: "migrations",
  severity: "low",
  cwe: ["CWE-1041"],
  silencedBy: {},
  fix: "drop-redundant-index",
  where: (project) => redundantByPath(project),
  match(facts, project) {
    return (redundantByPath(project).get(facts.path) ?? []).map((pair) => matchOf(pair, project.database));
  },
  what: ({ index, columns, table, other, otherColumns, same }) =>
    same === ""
      ? `Whatever \`${index}\` on ${columns} of \`${table}\` finds, \`${other}\` on ${otherColumns} finds too: it begins with the same columns.`
      : `\`${index}\` and \`${other}\` of \`${table}\` are on the same columns (${columns}).`,
  why: ({ table, same }) =>
    `Every insert into \`${table}\`, and every update that moves a row, writes both indexes, and both take memory; ${same === "" ? "the shorter one answers no query that the other does not" : "the second answers no query that the first does not"}.`,
  instead: ({ drop }) =>
    `Drop it in a new migration: \`${drop}\` with \`@disable_ddl_transaction true\` (and \`@disable_migration_lock true\`). Keep it only if queries that read a great many of its rows were measured to need the smaller one.`,
  notWhen: [
    "It is unique and the other one is not, or is unique over more columns: it refuses rows that the other admits.",
    "One of them is partial, has another method (GIN, GiST, hash, BRIN), an operator class, an expression or included columns that the other lacks.",
    "The other one has two or more further columns and is much larger (then it is `possible`).",
    "A later migration drops either of them, or a statement that could not be read may have (then it is `possible`).",
  ],
  examples: [
    {
      bad: {
        "priv/repo/migrations/20240101000000_create_seats.exs": migrationText(
          "create index(:seats, [:hall_id])\n    create unique_index(:seats, [:hall_id, :number])",
        ),
      },
      at: "create index(:seats, [:hall_id])",
      good: {
        "priv/repo/migrations/20240101000000_create_seats.exs": migrationText(
          "create index(:seats, [:number])\n    create unique_index(:seats, [:hall_id, :number])",
        ),
      },
    },
  ],
});

function migrationText(indexes: string): string {
  return `defmodule Cinema.Repo.Migrations.CreateSeats do
  use Ecto.Migration

  def change do
    create table(:seats) do
      add :hall_id, references(:halls)
      add :number, :integer
    end

    ${indexes}
  end
end
`;
}

interface Pair {
  readonly table: Table;
  readonly index: Index;
  readonly other: Index;
}

const redundantByPath = perProject((project): ReadonlyMap<string, readonly Pair[]> => {
  const byPath = new Map<string, Pair[]>();
  for (const table of project.database.tables.values()) {
    const all = [...table.indexes, ...uniqueIndexes(table).filter((index) => !table.indexes.includes(index))];
    table.indexes.forEach((index, position) => {
      const other = all.find((candidate) => candidate.name !== index.name && replaces(candidate, index, all.indexOf(candidate) < position));
      if (other !== undefined) byPath.set(index.path, [...(byPath.get(index.path) ?? []), { table, index, other }]);
    });
  }
  return byPath;
});

/** Whether one index serves for another. Of two equal ones the later is too much, and a unique one stays. */
function replaces(other: Index, index: Index, earlier: boolean): boolean {
  if (
    !isPlain(other, index.columns.length > 1) ||
    !isPlain(index, true) ||
    index.columns.length === 0 ||
    other.columns.length < index.columns.length
  )
    return false;
  if (!index.columns.every((column, position) => column === other.columns[position])) return false;
  const same = other.columns.length === index.columns.length;
  if (index.unique) return same && other.unique && earlier;
  return !same || other.unique || earlier;
}

/** A B-tree over all rows with nothing to it but its columns; the order of later ones does not matter where only the first is compared. */
function isPlain({ where, method, special }: Index, orderMatters: boolean): boolean {
  return where === null && (method === null || method === "btree") && (special === undefined || (special === "order" && !orderMatters));
}

function matchOf({ table, index, other }: Pair, database: Database): Match<Slots> {
  const written = (columns: readonly string[]): string => columns.map((column) => `\`${column}\``).join(", ");
  const bare = table.name.split(".").at(-1) ?? table.name;
  const doubtful = database.unread.some(
    ({ table: named, text }) => (named === null || named === table.name || text.includes(bare)) && /index|execute|drop/i.test(text),
  );
  return {
    span: index.span,
    confidence: doubtful || other.columns.length - index.columns.length > 1 ? "possible" : "likely",
    slots: {
      index: index.name,
      columns: written(index.columns),
      table: table.name,
      other: other.name,
      otherColumns: written(other.columns),
      same: other.columns.length === index.columns.length ? "yes" : "",
      drop: `drop index(:${bare}, [], name: :${index.name}, concurrently: true)`,
    },
    evidence: [{ at: other, note: `the index that serves for it, on ${other.columns.join(", ")}` }],
  };
}
