import type { Call, Expression, Variable } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { findFunction } from "../../project/find-function.js";
import { elementsOf } from "../../project/values.js";
import type { Definition } from "./definitions.js";

const mostLiteral = 12;

/** A handful of values that stand in the source, directly or in a module attribute. */
export function isShort(source: Expression | null, definition: Definition, project: Project): boolean {
  if (source === null) return false;
  if (source.kind === "attribute") {
    const attributes = project.modules.get(definition.function.module)?.facts.attributes ?? [];
    const value = attributes.find((attribute) => attribute.name === source.name)?.value ?? null;
    return value !== null && (value.kind === "list" || value.kind === "keyword" || value.kind === "map" || value.kind === "literal");
  }
  if (source.kind === "variable") return isShort(writtenOnce(source, definition), definition, project);
  if (source.kind === "list") return source.tail === null && source.elements.length <= mostLiteral;
  if (source.kind === "literal") return elementsOf(source).length <= mostLiteral;
  if (source.kind === "keyword" || source.kind === "map") return source.entries.length <= mostLiteral;
  if (source.kind === "tuple") return true;
  if (isRange(source)) return lengthOf(source) <= mostLiteral;
  if (source.kind === "call" && /^(Enum|Stream|List|Map|Keyword)$/.test(source.module ?? "")) {
    return isShort(source.arguments[0] ?? null, definition, project);
  }
  return source.kind === "call" && source.arguments.length === 0 && isWrittenDown(source, definition, project);
}

/** A range between two written numbers, however long: it does not grow with anything. */
export function isRange(source: Expression | null): boolean {
  return source !== null && !Number.isNaN(lengthOf(source));
}

/** How many numbers `first..last` has, its step left out; not a number where an end is computed or it is no range. */
function lengthOf(source: Expression): number {
  if (source.kind !== "operator") return Number.NaN;
  const [first, last] = source.operands;
  if (source.operator === "//" && first !== undefined) return lengthOf(first);
  return source.operator === ".." ? Math.abs(numberOf(last) - numberOf(first)) + 1 : Number.NaN;
}

function numberOf(expression: Expression | undefined): number {
  if (expression?.kind === "literal") return Number(expression.value.replaceAll("_", ""));
  const isNegative = expression?.kind === "operator" && expression.operator === "-" && expression.operands.length === 1;
  return isNegative ? -numberOf(expression.operands[0]) : Number.NaN;
}

/** The list in the source that a variable stands for, where nothing else is ever bound to its name. */
function writtenOnce({ name }: Variable, { clause, body }: Definition): Expression | null {
  if (clause.parameters.some((parameter) => binds(parameter, name))) return null;
  const [only, ...others] = collect(body, "match").filter(({ pattern }) => binds(pattern, name));
  return others.length === 0 && only?.pattern.kind === "variable" && only.value.kind === "list" ? only.value : null;
}

function binds(pattern: Expression, name: string): boolean {
  return collect(pattern, "variable").some((variable) => variable.name === name);
}

/** `Package.all()`, a function that gives back an attribute of its module. */
function isWrittenDown(call: Call, { function: { module } }: Definition, project: Project): boolean {
  const callee = findFunction(project, call.module ?? module, call.function, 0);
  const [clause, ...more] = callee?.facts.clauses ?? [];
  if (callee === null || clause?.body?.kind !== "attribute" || more.length > 0) return false;
  return isShort(clause.body, { id: callee.id, function: callee, clause, body: clause.body }, project);
}
