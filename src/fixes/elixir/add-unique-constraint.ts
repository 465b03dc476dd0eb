import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { constraintAfter, uniqueConstraintCall } from "./unique-constraint.js";

/** The `unique_constraint` that turns the refusal of an index that is there into an error of the field. */
export const addUniqueConstraint: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { table, index, columns } = finding.slots;
  const schema = [...project.schemas.values()].find(({ path, table: own }) => path === finding.place.path && own === table);
  const known = typeof table === "string" ? project.database.tables.get(table)?.indexes.find(({ name }) => name === index) : undefined;
  if (text === null || schema === undefined || known === undefined || typeof columns !== "string") return null;
  const cast = [...columns.matchAll(/`(\w+)`/g)].flatMap(([, field]) => field ?? []);
  const fields = known.columns.every((column) => /^\w+$/.test(column)) ? known.columns : cast.slice(0, 1);
  const step = { path: finding.place.path, span: finding.location.span, fields: null };
  const edit = constraintAfter(project, step, uniqueConstraintCall(schema, fields, known.name), text);
  return edit && editOf(finding, input, `Answer a second equal row with an error of \`${fields.join("`, `")}\``, [edit]);
};
