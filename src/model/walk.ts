import type { Clause, Expression } from "./expression.js";

/** The direct children of an expression in evaluation (source) order, clause patterns and guards included. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "variable":
    case "module":
    case "attribute":
    case "capture":
      return [];
    case "interpolation":
      return expression.parts;
    case "access":
      return expression.key === null ? [expression.subject] : [expression.subject, expression.key];
    case "call":
      return [
        ...(expression.subject === null ? [] : [expression.subject]),
        ...expression.arguments,
        ...(expression.block === null ? [] : [expression.block]),
        ...expression.clauses.flatMap(clauseChildren),
      ];
    case "apply":
      return [expression.subject, ...expression.arguments];
    case "lambda":
      return expression.clauses.flatMap(clauseChildren);
    case "list":
      return expression.tail === null ? expression.elements : [...expression.elements, expression.tail];
    case "tuple":
    case "binary":
      return expression.elements;
    case "map":
      return [...(expression.base === null ? [] : [expression.base]), ...expression.entries.flatMap((entry) => [entry.key, entry.value])];
    case "keyword":
      return expression.entries.map((entry) => entry.value);
    case "match":
      return [expression.value, expression.pattern];
    case "operator":
      return expression.operands;
    case "block":
      return expression.expressions;
    case "branch":
      return [
        ...(expression.subject === null ? [] : [expression.subject]),
        ...expression.steps.flatMap((step) => [
          step.value,
          ...(step.pattern === null ? [] : [step.pattern]),
          ...(step.guard === null ? [] : [step.guard]),
        ]),
        ...expression.clauses.flatMap(clauseChildren),
      ];
    case "loop":
      return [
        ...expression.generators.flatMap((generator) => [generator.source, generator.pattern]),
        ...expression.filters,
        ...(expression.options === null ? [] : [expression.options]),
        expression.body,
      ];
    case "markup":
    case "unknown":
      return expression.children;
  }
}

function clauseChildren(clause: Clause): Expression[] {
  return [...clause.patterns, ...(clause.guard === null ? [] : [clause.guard]), clause.body];
}

/** Visits an expression and everything under it, parents first, without recursion (deep pipes do not overflow). Return false to skip what lies under one. */
export function walk(root: Expression, visit: (expression: Expression) => boolean | void): void {
  const pending: Expression[] = [root];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (visit(current) === false) continue;
    const children = childrenOf(current);
    for (let index = children.length - 1; index >= 0; index -= 1) pending.push(children[index] as Expression);
  }
}

/** Every expression of one kind under (and including) `root`, in source order. */
export function collect<Kind extends Expression["kind"]>(root: Expression, kind: Kind): Extract<Expression, { kind: Kind }>[] {
  const found: Extract<Expression, { kind: Kind }>[] = [];
  walk(root, (expression) => {
    if (expression.kind === kind) found.push(expression as Extract<Expression, { kind: Kind }>);
  });
  return found;
}
