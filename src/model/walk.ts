import type { Branch, Clause, Expression, Loop } from "./expression.js";

/** The direct children of an expression in evaluation (source) order, clause patterns and guards included. */
export function childrenOf(expression: Expression): readonly Expression[] {
  const children: Expression[] = [];
  pushChildren(expression, children);
  return children.reverse();
}

/** Puts the children of an expression on a stack, the last one first. Written without a list in between: every look at code comes by here. */
function pushChildren(expression: Expression, stack: Expression[]): void {
  switch (expression.kind) {
    case "literal":
    case "variable":
    case "module":
    case "attribute":
    case "capture":
      return;
    case "interpolation":
      return pushAll(expression.parts, stack);
    case "access":
      push(expression.key, stack);
      stack.push(expression.subject);
      return;
    case "call":
      pushClauses(expression.clauses, stack);
      push(expression.block, stack);
      pushAll(expression.arguments, stack);
      return push(expression.subject, stack);
    case "apply":
      pushAll(expression.arguments, stack);
      stack.push(expression.subject);
      return;
    case "lambda":
      return pushClauses(expression.clauses, stack);
    case "list":
      push(expression.tail, stack);
      return pushAll(expression.elements, stack);
    case "tuple":
    case "binary":
      return pushAll(expression.elements, stack);
    case "map":
      for (let at = expression.entries.length - 1; at >= 0; at -= 1) {
        push(expression.entries[at]?.value, stack);
        push(expression.entries[at]?.key, stack);
      }
      return push(expression.base, stack);
    case "keyword":
      for (let at = expression.entries.length - 1; at >= 0; at -= 1) push(expression.entries[at]?.value, stack);
      return;
    case "match":
      stack.push(expression.pattern, expression.value);
      return;
    case "operator":
      return pushAll(expression.operands, stack);
    case "block":
      return pushAll(expression.expressions, stack);
    case "branch":
      return pushBranch(expression, stack);
    case "loop":
      return pushLoop(expression, stack);
    case "markup":
    case "unknown":
      return pushAll(expression.children, stack);
  }
}

function pushBranch({ subject, steps, clauses }: Branch, stack: Expression[]): void {
  pushClauses(clauses, stack);
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    push(steps[at]?.guard, stack);
    push(steps[at]?.pattern, stack);
    push(steps[at]?.value, stack);
  }
  push(subject, stack);
}

function pushLoop({ generators, filters, options, body }: Loop, stack: Expression[]): void {
  stack.push(body);
  push(options, stack);
  pushAll(filters, stack);
  for (let at = generators.length - 1; at >= 0; at -= 1) {
    push(generators[at]?.pattern, stack);
    push(generators[at]?.source, stack);
  }
}

function pushClauses(clauses: readonly Clause[], stack: Expression[]): void {
  for (let at = clauses.length - 1; at >= 0; at -= 1) {
    push(clauses[at]?.body, stack);
    push(clauses[at]?.guard, stack);
    pushAll(clauses[at]?.patterns ?? [], stack);
  }
}

function pushAll(expressions: readonly Expression[], stack: Expression[]): void {
  for (let at = expressions.length - 1; at >= 0; at -= 1) push(expressions[at], stack);
}

function push(expression: Expression | null | undefined, stack: Expression[]): void {
  if (expression !== null && expression !== undefined) stack.push(expression);
}

/** Visits an expression and everything under it, parents first, without recursion (deep pipes do not overflow). Return false to skip what lies under one. */
export function walk(root: Expression, visit: (expression: Expression) => boolean | void): void {
  const pending: Expression[] = [root];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (visit(current) !== false) pushChildren(current, pending);
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
