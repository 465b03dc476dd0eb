import { fieldEdit } from "./constraint-field.js";
import type { ProposeChange } from "../define.js";
import { foreignKeyMigration, targetOf } from "./foreign-key.js";
import { nameConstraint } from "./name-constraint.js";

/** A constraint of a changeset is called what the database calls it, or the foreign key it waits for is made. */
export const matchConstraint: ProposeChange = (finding, input) => {
  const { table, name, other, add, kind } = finding.slots;
  if (typeof table !== "string" || typeof name !== "string" || typeof other !== "string" || typeof add !== "string") return null;
  const field = /Name the key itself: `foreign_key_constraint\(:(\w+)\)`/.exec(add)?.[1];
  if (field !== undefined) return fieldEdit(finding, input, field);
  if (other !== "") return nameConstraint(finding, input, other);
  const column = /modify :(\w+), references/.exec(add)?.[1];
  const target = column === undefined ? null : targetOf(input.analysis.project, table, column);
  if (kind !== "foreign key" || column === undefined || target === null) return null;
  const migration = foreignKeyMigration(input, { table, column, target, name });
  return (
    migration && {
      ...migration,
      title: `Give \`${table}.${column}\` the foreign key its changeset waits for`,
      kind: "migration",
      findings: [finding.fingerprint],
    }
  );
};
