import type { ProposeChange } from "../define.js";
import { buildsConcurrently, nameAndPrefix, newMigration, statement, wordOf } from "./migration-file.js";

/** A migration that drops the index another one serves for, and makes it again on the way back. */
export const dropRedundantIndex: ProposeChange = (finding, input) => {
  const { table, index, other } = finding.slots;
  if (typeof table !== "string" || typeof index !== "string" || !/^\w+$/.test(index)) return null;
  const { project } = input.analysis;
  const known = project.database.tables.get(table)?.indexes.find(({ name }) => name === index);
  if (known === undefined || known.where !== null || known.columns.some((column) => !/^\w+$/.test(column))) return null;
  const concurrently = buildsConcurrently(project);
  const { bare, prefix } = nameAndPrefix(table);
  const isDefault = index === `${bare}_${known.columns.join("_")}_index`;
  const columns = `[${known.columns.map((column) => `:${column}`).join(", ")}]`;
  const drop = statement(`drop ${known.unique ? "unique_index" : "index"}(:${bare}, ${columns})`, [
    ...[prefix, isDefault ? "" : `name: :${index}`, concurrently ? "concurrently: true" : ""],
  ]);
  const migration = newMigration(input, {
    table,
    name: `drop_${wordOf(index)}`,
    notes: [`${String(other)} serves the same queries. It can be deployed at any time.`],
    alone: concurrently,
    functions: ["def change do", ...drop.map((line) => `  ${line}`), "end"],
  });
  return migration && { ...migration, title: `Drop the index \`${index}\``, kind: "migration", findings: [finding.fingerprint] };
};
