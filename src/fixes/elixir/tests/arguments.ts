import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { walk } from "../../../model/walk.js";
import { schemaOf, tableOf } from "../../../project/schema-of.js";

/** A primary key no stored row has, as code: by the key's type in the database. Null when the type is not known. */
export function absentKey(project: Project, schemaModule: string): string | null {
  const schema = schemaOf(project, schemaModule);
  const table = schema === null ? null : tableOf(project, schema);
  const key = table?.columns.get("id");
  if (key === undefined) return null;
  if (/uuid|binary_id/.test(key.type)) return "Ecto.UUID.generate()";
  return /^(?:id|bigserial|serial|bigint|integer|identity)$/.test(key.type) ? "-1" : null;
}

/** A value for a parameter that makes a query run and find nothing, told by how the query uses it; null when that is not clear. */
export function argumentFor(parameter: string, query: Call): string | null {
  let value: string | null = null;
  walk(query, (expression) => {
    if (expression.kind !== "operator") return;
    const [left, right] = expression.operands;
    if (expression.operator === "in" && isParameter(right, parameter)) value = "[]";
    if (["+", "-", "*"].includes(expression.operator) && (isParameter(left, parameter) || isParameter(right, parameter))) value ??= "1";
  });
  return value;
}

function isParameter(expression: Expression | undefined, parameter: string): boolean {
  if (expression?.kind === "operator" && expression.operator === "^") return isParameter(expression.operands[0], parameter);
  return expression?.kind === "variable" && expression.name === parameter;
}
