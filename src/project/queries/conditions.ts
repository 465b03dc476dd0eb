import type { Call, Expression, Operator } from "../../model/expression.js";
import { collect } from "../../model/walk.js";
import { columnOf, type Bindings } from "./bindings.js";
import type { QueryColumn, QueryFilter, QueryShape } from "./types.js";

type Conditions = Pick<QueryShape, "filters" | "joins">;

const comparing: Readonly<Record<string, QueryFilter["operator"]>> = {
  "==": "==",
  in: "in",
  "<": "<",
  "<=": "<",
  ">": ">",
  ">=": ">",
  "!=": "!=",
};

/** What an expression after `where:` or `on:` compares, and with what. */
export function conditionsOf(expression: Expression, bindings: Bindings, shape: QueryShape, always = true): Conditions {
  const within = (parts: readonly Expression[], certain: boolean): Conditions =>
    joined(parts.map((part) => conditionsOf(part, bindings, shape, certain)));
  if (expression.kind === "keyword") {
    return {
      filters: expression.entries.map(({ key, value }) => ({ source: 0, column: key, operator: "==", value, always })),
      joins: [],
    };
  }
  if (expression.kind === "list" || expression.kind === "block") {
    return within(expression.kind === "list" ? expression.elements : expression.expressions, always);
  }
  if (expression.kind === "operator") {
    if (/^(and|&&)$/.test(expression.operator)) return within(expression.operands, always);
    if (/^(or|\|\||not|!)$/.test(expression.operator)) return within(expression.operands, false);
    return comparison(expression, bindings, shape, always);
  }
  if (expression.kind === "call") return called(expression, bindings, shape, always);
  const column = columnOf(expression, bindings, shape.sources);
  return { filters: column === null ? [] : [{ ...column, operator: "==", value: null, always }], joins: [] };
}

function comparison(expression: Operator, bindings: Bindings, shape: QueryShape, always: boolean): Conditions {
  const operator = comparing[expression.operator];
  const [left, right] = expression.operands;
  if (operator === undefined || left === undefined || right === undefined) return { filters: [], joins: [] };
  const one = columnOf(left, bindings, shape.sources);
  const other = columnOf(right, bindings, shape.sources);
  if (one !== null && other !== null) return { filters: [], joins: [one, other] };
  const column = one ?? (operator === "in" ? null : other);
  if (column === null) return { filters: [], joins: [] };
  return { filters: [{ ...column, operator, value: one === null ? left : right, always }], joins: [] };
}

function called(expression: Call, bindings: Bindings, shape: QueryShape, always: boolean): Conditions {
  const operator = expression.function === "is_nil" ? "is_nil" : /^i?like$/.test(expression.function) ? "like" : "fragment";
  const columns = expression.arguments.flatMap((argument) => columnsIn(argument, bindings, shape));
  return { filters: columns.map((column) => ({ ...column, operator, value: null, always })), joins: [] };
}

/** Every column that an expression names. */
export function columnsIn(expression: Expression, bindings: Bindings, shape: QueryShape): QueryColumn[] {
  return [...collect(expression, "access"), ...collect(expression, "call")].flatMap(
    (part) => columnOf(part, bindings, shape.sources) ?? [],
  );
}

function joined(parts: readonly Conditions[]): Conditions {
  return { filters: parts.flatMap((part) => part.filters), joins: parts.flatMap((part) => part.joins) };
}
