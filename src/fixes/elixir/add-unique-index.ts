import type { ProposeChange } from "../define.js";
import { columnsIn, uniqueIndexMigration } from "./unique-index.js";
import { withUniqueConstraint } from "./unique-constraint.js";

/** The unique index a check in code stands for, and with it the constraint that turns the database's refusal into an error of the field. */
export const addUniqueIndex: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const { table, index, schema: named, fields } = finding.slots;
  if (typeof table !== "string") return null;
  const columns = columnsIn(index ?? (typeof fields === "string" ? `[${fields.replace(/`(\w+)`/g, ":$1")}]` : ""));
  const migration = uniqueIndexMigration(input, table, columns);
  const schema = [...project.schemas.values()].find((candidate) =>
    named === undefined ? candidate.table === table && candidate.path === finding.place.path : candidate.module === named,
  );
  if (migration === null || schema === undefined) return null;
  const title = `Make \`${table}\` unique by ${columns.map((column) => `\`${column}\``).join(" and ")}`;
  const change = { ...migration, title, kind: "migration", findings: [finding.fingerprint] } as const;
  const further = schema.identities === undefined ? withUniqueConstraint(project, textOf, schema, columns) : null;
  return further === null ? change : { ...change, further: [further] };
};
