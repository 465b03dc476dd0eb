import type { Change, FixInput } from "../define.js";
import { buildsConcurrently, hasColumns, nameAndPrefix, newMigration, statement, wordOf } from "./migration-file.js";

/** A migration with a unique index, and the query that shows the rows in its way. Null for columns the table does not have. */
export function uniqueIndexMigration(
  input: FixInput,
  table: string,
  columns: readonly string[],
  index: string | null = null,
): Pick<Change, "path" | "before" | "after"> | null {
  const { project } = input.analysis;
  if (!hasColumns(project.database.tables.get(table), columns)) return null;
  const concurrently = buildsConcurrently(project);
  const { bare, prefix } = nameAndPrefix(table);
  const name = index === null || index === `${bare}_${columns.join("_")}_index` ? "" : `name: :${index}`;
  const create = statement(`create unique_index(:${bare}, [${columns.map((column) => `:${column}`).join(", ")}])`, [
    ...[prefix, name, concurrently ? "concurrently: true" : ""],
  ]);
  const listed = columns.join(", ");
  return newMigration(input, {
    table,
    name: `make_${wordOf(table)}_unique_by_${columns.join("_and_")}`,
    notes: [
      "Rows this query shows must be merged or mended first, or the index cannot be built:",
      `  SELECT ${listed}, count(*) FROM ${table}`,
      `  GROUP BY ${listed} HAVING count(*) > 1`,
      concurrently ? `Reads and writes of ${bare} go on while it is built.` : `Writes to ${bare} wait while it is built.`,
      "Run it before the code that relies on it is deployed.",
    ],
    alone: concurrently,
    functions: ["def change do", ...create.map((line) => `  ${line}`), "end"],
  });
}

/** The columns of `create unique_index(:users, [:email, :name])`, as rules write it. */
export function columnsIn(statementText: unknown): string[] {
  const list = typeof statementText === "string" ? /\[([^\]]*)\]/.exec(statementText)?.[1] : undefined;
  return [...(list ?? "").matchAll(/:(\w+)/g)].flatMap(([, column]) => column ?? []);
}
