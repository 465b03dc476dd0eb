import type { ProposeChange } from "../define.js";
import { foreignKeyMigration } from "./foreign-key.js";

/** The foreign key that other columns of its kind have. */
export const addForeignKey: ProposeChange = (finding, input) => {
  const { table, column, target } = finding.slots;
  if (typeof table !== "string" || typeof column !== "string" || typeof target !== "string") return null;
  const migration = foreignKeyMigration(input, { table, column, target, name: `${table}_${column}_fkey` });
  return (
    migration && {
      ...migration,
      title: `Reference \`${target}\` from \`${table}.${column}\``,
      kind: "migration",
      findings: [finding.fingerprint],
    }
  );
};
