import type { ProposeChange } from "../define.js";
import { nameConstraint } from "./name-constraint.js";
import { columnsIn, uniqueIndexMigration } from "./unique-index.js";

/** A unique constraint gets the name of the index that is there, or the index it waits for. */
export const matchUniqueConstraint: ProposeChange = (finding, input) => {
  const { table, name, other, index } = finding.slots;
  if (typeof table !== "string" || typeof name !== "string" || typeof other !== "string") return null;
  if (other !== "") return nameConstraint(finding, input, other);
  const migration = uniqueIndexMigration(input, table, columnsIn(index), name);
  return (
    migration && {
      ...migration,
      title: `Give \`${table}\` the unique index its changeset waits for`,
      kind: "migration",
      findings: [finding.fingerprint],
    }
  );
};
