import type { ProposeChange } from "../define.js";
import { buildsConcurrently, nameAndPrefix, newMigration, statement, wordOf } from "./migration-file.js";

/** A new migration that builds the missing index; on PostgreSQL concurrently, so that the table stays writable. */
export const addIndexMigration: ProposeChange = (finding, input) => {
  const table = finding.slots["table"];
  const column = finding.slots["column"];
  if (typeof table !== "string" || typeof column !== "string") return null;
  const concurrently = buildsConcurrently(input.analysis.project);
  const { bare, prefix } = nameAndPrefix(table);
  const create = statement(`create index(:${bare}, [:${column}])`, [prefix, concurrently ? "concurrently: true" : ""]);
  const migration = newMigration(input, {
    table,
    name: `index_${wordOf(table)}_${column}`,
    notes: concurrently
      ? [`Reads and writes of ${bare} go on while it is built. It can be deployed at any time.`]
      : [`Writes to ${bare} wait while it is built: deploy it when few are made.`],
    alone: concurrently,
    functions: ["def change do", ...create.map((line) => `  ${line}`), "end"],
  });
  return migration && { ...migration, title: `Index \`${table}.${column}\``, kind: "migration", findings: [finding.fingerprint] };
};
