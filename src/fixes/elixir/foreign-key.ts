import type { Column, Project } from "../../model/project.js";
import type { Change, FixInput } from "../define.js";
import { buildsConcurrently, nameAndPrefix, newMigration, wordOf } from "./migration-file.js";

/** The key a table lacks. */
export interface MissingKey {
  readonly table: string;
  readonly column: string;
  readonly target: string;
  /** What the key must be called; Ecto's own name when it is that. */
  readonly name: string;
}

/** A migration that adds a foreign key without reading the table under a lock, then checks the rows. PostgreSQL alone can do it in two steps. */
export function foreignKeyMigration(
  input: FixInput,
  { table, column, target, name }: MissingKey,
): Pick<Change, "path" | "before" | "after"> | null {
  const { project } = input.analysis;
  const stored = project.database.tables.get(table)?.columns.get(column);
  const type = stored === undefined ? null : referenceType(stored);
  if (stored === undefined || type === null || !buildsConcurrently(project) || table.includes(".") || target.includes(".")) return null;
  const { bare } = nameAndPrefix(table);
  const options = [type, name === `${bare}_${column}_fkey` ? "" : `name: :${name}`, "validate: false"].filter((option) => option !== "");
  return newMigration(input, {
    table,
    name: `reference_${wordOf(target)}_from_${wordOf(table)}_by_${column}`,
    notes: [
      "Rows this query shows must be mended first, or the second step fails:",
      `  SELECT id FROM ${table} WHERE ${column} IS NOT NULL`,
      `  AND NOT EXISTS (SELECT FROM ${target} WHERE ${target}.id = ${table}.${column})`,
      "The key is added under a short lock and checked while reads and writes go on. It can be deployed before or after the code.",
    ],
    alone: true,
    functions: [
      "def up do",
      `  alter table(:${bare}) do`,
      `    modify :${column}, references(:${target}, ${options.join(", ")})`,
      "  end",
      "",
      `  execute "ALTER TABLE ${bare} VALIDATE CONSTRAINT ${name}"`,
      "end",
      "",
      "def down do",
      `  drop constraint(:${bare}, :${name})`,
      "end",
    ],
  });
}

/** The `type:` a reference needs; empty for Ecto's own keys, null for types that are not keys. */
function referenceType({ type }: Column): string | null {
  if (/^(uuid|binary_id)$/.test(type)) return "type: :binary_id";
  if (/^(bigint|id|bigserial)$/.test(type)) return "";
  return /^(integer|serial)$/.test(type) ? "type: :integer" : null;
}

/** The table a schema's association points to. */
export function targetOf(project: Project, table: string, column: string): string | null {
  const schema = [...project.schemas.values()].find((candidate) => candidate.table === table);
  const association = schema?.associations.find((candidate) => candidate.foreignKey === column);
  return project.schemas.get(association?.schema ?? "")?.table ?? null;
}
