import type { ProposeChange } from "../define.js";
import { buildsConcurrently, nameAndPrefix, newMigration, statement } from "./migration-file.js";

/** Columns that every changeset requires become NOT NULL, by a check that is validated while the table is in use. PostgreSQL alone can do so. */
export const setNotNull: ProposeChange = (finding, input) => {
  const { table, columns: named } = finding.slots;
  if (typeof table !== "string" || typeof named !== "string" || table.includes(".")) return null;
  const columns = [...named.matchAll(/`(\w+)`/g)].flatMap(([, column]) => column ?? []);
  if (columns.length === 0 || !buildsConcurrently(input.analysis.project)) return null;
  const { bare } = nameAndPrefix(table);
  const migration = newMigration(input, {
    table,
    name: `require_${columns.length > 2 ? "columns" : columns.join("_and_")}_of_${bare}`,
    notes: [
      "Rows this query shows must be filled first, or the second step fails:",
      `  SELECT id FROM ${bare} WHERE ${columns.map((column) => `${column} IS NULL`).join(" OR ")}`,
      "Only the first and the last steps lock the table, and neither reads it.",
      "Deploy it after the code that always writes the value.",
    ],
    alone: true,
    functions: [
      "def up do",
      ...columns.flatMap((column, index) => [...(index === 0 ? [] : [""]), ...stepsUp(bare, column)]),
      "end",
      "",
      "def down do",
      ...columns.map((column) => `  execute "ALTER TABLE ${bare} ALTER COLUMN ${column} DROP NOT NULL"`),
      "end",
    ],
  });
  return (
    migration && {
      ...migration,
      title: `Refuse rows of \`${table}\` without ${columns.map((column) => `\`${column}\``).join(", ")}`,
      kind: "migration",
      findings: [finding.fingerprint],
    }
  );
};

function stepsUp(table: string, column: string): string[] {
  const check = `${column}_is_there`;
  const create = statement(`create constraint(:${table}, :${check})`, [`check: "${column} IS NOT NULL"`, "validate: false"]);
  return [
    ...create,
    ...(create.length > 1 ? [""] : []),
    `execute "ALTER TABLE ${table} VALIDATE CONSTRAINT ${check}"`,
    `execute "ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL"`,
    `drop constraint(:${table}, :${check})`,
  ].map((line) => (line === "" ? line : `  ${line}`));
}
