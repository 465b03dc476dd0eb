import type { Expression, Operator } from "../../model/expression.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { findFunction } from "../find-function.js";
import { isFalse, ofBranch } from "./branches.js";
import { ofCall } from "./calls.js";
import { shapeOfPattern } from "./fits.js";
import { neverReturns } from "./known.js";
import { after, distinct, outcome, unknownAt, type Place, type Reading } from "./reading.js";
import { bind, emptyScope, type Scope, lookUp } from "./scope.js";
import { any, atom, chosenByArgument, isRefused, list, nothing, number, struct, text, tuple, type Outcome, type Shape } from "./shapes.js";

/** Functions within functions, and expressions within expressions, that are followed. */
const deepestCalls = 30;
const deepestCode = 120;

/** Tells what code of a project gives; each function is read once. A function that leads back to itself tells nothing on the way. */
export function createReading(project: Project): Reading {
  const known = new Map<FunctionId, readonly Outcome[]>();
  const open = new Set<FunctionId>();
  let depth = 0;
  const reading: Reading = {
    project,
    of(expression, scope, place) {
      if (depth > deepestCode) return [unknownAt(expression, place)];
      depth += 1;
      const outcomes = distinct(evaluate(reading, expression, scope, place));
      depth -= 1;
      return outcomes;
    },
    ofFunction(target) {
      const earlier = known.get(target.id);
      if (earlier !== undefined) return earlier;
      if (open.has(target.id) || open.size > deepestCalls) return [unknownAt(target.facts, target)];
      open.add(target.id);
      const outcomes = distinct(ofDefinition(reading, target));
      open.delete(target.id);
      known.set(target.id, outcomes);
      return outcomes;
    },
  };
  return reading;
}

function ofDefinition(reading: Reading, target: ProjectFunction): readonly Outcome[] {
  const { delegatesTo, arity, kind, clauses } = target.facts;
  if (delegatesTo !== null) {
    const next = findFunction(reading.project, delegatesTo.module, delegatesTo.function, arity);
    return next === null ? [unknownAt(target.facts, target)] : reading.ofFunction(next);
  }
  const place: Place = { module: target.module, path: target.path, function: target.id };
  if (kind === "macro" || clauses.every(({ body }) => body === null)) return [unknownAt(target.facts, target)];
  const several = clauses.filter(({ body }) => body !== null).length > 1;
  return clauses.flatMap(({ parameters, body }) => {
    if (body === null) return [];
    const outcomes = reading.of(body, scopeOfParameters(parameters, place), place);
    const passesOn = parameters.some((parameter) => isRefused(shapeOfPattern(parameter)));
    if (!several || passesOn) return [...outcomes];
    // `%Actor{type: :admin}`: whoever calls with one kind does not meet what the other kinds can give.
    return parameters.some(namesOneKind) ? outcomes.map((one) => ({ ...one, settled: true, sure: false })) : chosenByArgument(outcomes);
  });
}

function namesOneKind(parameter: Expression): boolean {
  return collect(parameter, "literal").length > 0;
}

/** What the parameters of a clause tell of what is given. */
export function scopeOfParameters(parameters: readonly Expression[], place: Place): Scope | null {
  let scope: Scope | null = emptyScope;
  for (const parameter of parameters) {
    const pattern = parameter.kind === "operator" && parameter.operator === "\\\\" ? parameter.operands[0] : parameter;
    if (pattern !== undefined)
      scope = bind(scope, pattern, { value: null, given: true, outcomes: () => [unknownAt(pattern, place)] }, place.path);
  }
  return scope;
}

function evaluate(reading: Reading, expression: Expression, scope: Scope | null, place: Place): readonly Outcome[] {
  switch (expression.kind) {
    case "block":
      return ofBlock(reading, expression.expressions, expression, scope, place);
    case "match":
      return reading.of(expression.value, scope, place);
    case "variable":
      return lookUp(scope, expression.name)?.outcomes() ?? [unknownAt(expression, place)];
    case "branch":
      return ofBranch(reading, expression, scope, place);
    case "call":
      return ofCall(reading, expression, scope, place);
    case "operator":
      return ofOperator(reading, expression, scope, place);
    default:
      return [outcome(shapeOf(reading, expression, scope, place), place, expression.span)];
  }
}

function ofBlock(
  reading: Reading,
  statements: readonly Expression[],
  block: Expression,
  scope: Scope | null,
  place: Place,
): readonly Outcome[] {
  let inner: Scope | null = scope;
  for (const statement of statements.slice(0, -1)) {
    if (statement.kind === "call" && statement.subject === null && neverReturns(statement.module, statement.function)) return [];
    inner = after(reading, statement, inner, place);
  }
  const last = statements.at(-1);
  return last === undefined ? [outcome(nothing, place, block.span)] : reading.of(last, inner, place);
}

function shapeOf(reading: Reading, expression: Expression, scope: Scope | null, place: Place): Shape {
  switch (expression.kind) {
    case "tuple":
      return tuple(...expression.elements.map((element) => onlyShape(reading.of(element, scope, place))));
    case "map":
      return struct(expression.struct ?? (expression.base === null ? null : "*"));
    case "lambda":
    case "capture":
      return { kind: "function" };
    case "keyword":
      return list(expression.entries.length);
    case "loop":
      return expression.options === null ? list() : any;
    default:
      return shapeOfPattern(expression);
  }
}

function onlyShape(outcomes: readonly Outcome[]): Shape {
  const [first, second] = outcomes;
  return first !== undefined && second === undefined ? first.shape : any;
}

const comparing = new Set(["==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "not in", "not", "!", "=~"]);
const counting = new Set(["+", "-", "*", "/"]);

function ofOperator(reading: Reading, { operator, operands, span }: Operator, scope: Scope | null, place: Place): readonly Outcome[] {
  if (comparing.has(operator)) return [outcome(atom("true"), place, span), outcome(atom("false"), place, span)];
  if (counting.has(operator)) return [outcome(number, place, span)];
  if (operator === "<>") return [outcome(text, place, span)];
  if (operator === "++") return [outcome(list(), place, span)];
  const [left, right] = operands;
  if ((operator !== "||" && operator !== "&&") || left === undefined || right === undefined) return [outcome(any, place, span, false)];
  const kept = reading.of(left, scope, place).filter((one) => one.shape.kind === "any" || isFalse(one) === (operator === "&&"));
  return [...kept, ...reading.of(right, scope, place)];
}
