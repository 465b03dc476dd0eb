import type { Call, Expression } from "../../model/expression.js";
import type { ModuleFacts } from "../../model/facts.js";
import { sigilText } from "../values.js";

/** A value known from the code alone. Atoms and strings are both text; tuples and lists both lists; a keyword list is a list of pairs. */
export type Constant = string | number | boolean | null | readonly Constant[];

/** Names and what they are bound to; a module's attributes and argumentless functions are looked up when needed. */
export interface Environment {
  readonly variables: ReadonlyMap<string, Constant>;
  readonly module: ModuleFacts | null;
}

/** The value of an expression when the code alone tells it, else undefined. */
export function constantOf(expression: Expression | null | undefined, environment: Environment): Constant | undefined {
  switch (expression?.kind) {
    case "literal":
      return literal(expression);
    case "module":
      return expression.name;
    case "variable":
      return environment.variables.get(expression.name);
    case "attribute":
      return constantOf(environment.module?.attributes.find((attribute) => attribute.name === expression.name)?.value, environment);
    case "interpolation":
      return joined(expression.parts, environment);
    case "list":
    case "tuple":
      return all(expression.elements, environment);
    case "keyword":
      return pairs(expression.entries, environment);
    case "operator":
      return operated(expression.operator, expression.operands, environment);
    case "call":
      return called(expression, environment);
    default:
      return undefined;
  }
}

/** The text of a string whose unknown parts stand as `unknown_value`, so that the rest can still be read. */
export const unknownText = "unknown_value";

export function roughText(expression: Expression | null | undefined, environment: Environment): string | null {
  const known = constantOf(expression, environment);
  if (typeof known === "string") return known;
  if (expression?.kind === "interpolation") return expression.parts.map((part) => roughText(part, environment) ?? unknownText).join("");
  if (expression?.kind === "operator" && expression.operator === "<>") {
    return expression.operands.map((operand) => roughText(operand, environment) ?? unknownText).join("");
  }
  return null;
}

function literal(expression: Extract<Expression, { kind: "literal" }>): Constant {
  switch (expression.type) {
    case "integer":
    case "float":
      return Number(expression.value.replaceAll("_", ""));
    case "boolean":
      return expression.value === "true";
    case "nil":
      return null;
    case "sigil":
      return sigilConstant(expression.value);
    default:
      return expression.value;
  }
}

function sigilConstant(written: string): Constant {
  return /^~[wW]/.test(written)
    ? sigilText(written)
        .split(/\s+/)
        .filter((word) => word !== "")
    : sigilText(written);
}

function joined(parts: readonly Expression[], environment: Environment): string | undefined {
  const texts = parts.map((part) => constantOf(part, environment));
  return texts.every((text) => typeof text === "string" || typeof text === "number") ? texts.join("") : undefined;
}

function all(elements: readonly Expression[], environment: Environment): readonly Constant[] | undefined {
  const values = elements.map((element) => constantOf(element, environment));
  return values.every((value) => value !== undefined) ? values : undefined;
}

function pairs(
  entries: readonly { readonly key: string; readonly value: Expression }[],
  environment: Environment,
): readonly Constant[] | undefined {
  const values = all(
    entries.map((entry) => entry.value),
    environment,
  );
  return values?.map((value, position) => [entries[position]?.key ?? "", value]);
}

function operated(operator: string, operands: readonly Expression[], environment: Environment): Constant | undefined {
  const values = all(operands, environment);
  const [left, right] = values ?? [];
  if (operator === "<>" && typeof left === "string" && typeof right === "string") return left + right;
  if (operator === "++" && Array.isArray(left) && Array.isArray(right))
    return [...(left as readonly Constant[]), ...(right as readonly Constant[])];
  if (operator === "==" && values !== undefined) return left === right;
  if (operator === "!=" && values !== undefined) return left !== right;
  return undefined;
}

const conversions = new Set(["to_atom", "to_existing_atom", "to_string", "trim", "String.to_atom"]);

function called(call: Call, environment: Environment): Constant | undefined {
  if (call.function === "direction" && call.arguments.length === 0) return "up";
  if (conversions.has(call.function) && call.arguments.length === 1) return constantOf(call.arguments[0], environment);
  if (call.module !== null || call.subject !== null || call.arguments.length > 0) return undefined;
  const own = environment.module?.functions.find((candidate) => candidate.name === call.function && candidate.arity === 0);
  const body = own?.clauses[0]?.body ?? null;
  return body === null || body.kind === "call" ? undefined : constantOf(body, environment);
}

/** Binds a pattern's variables to a value's parts; null when it can't match. Unknown values bind nothing. */
export function bound(
  pattern: Expression,
  value: Constant | undefined,
  variables: ReadonlyMap<string, Constant>,
): Map<string, Constant> | null {
  if (value === undefined) return new Map(variables);
  if (pattern.kind === "variable") return new Map(variables).set(pattern.name, value);
  if (pattern.kind === "literal") return literal(pattern) === value ? new Map(variables) : null;
  if ((pattern.kind !== "tuple" && pattern.kind !== "list") || !Array.isArray(value)) return new Map(variables);
  const parts = value as readonly Constant[];
  let result: Map<string, Constant> | null = new Map(variables);
  for (const [position, element] of pattern.elements.entries()) {
    if (result !== null) result = bound(element, parts[position], result);
  }
  return result;
}
