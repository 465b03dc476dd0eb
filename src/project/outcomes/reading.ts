import type { Clause, Expression } from "../../model/expression.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { walk } from "../../model/walk.js";
import { bind, type Binding, type Scope, lookUp } from "./scope.js";
import { any, sameShape, type Outcome, type Shape } from "./shapes.js";

/** Where code stands: its module, its file, and the function it belongs to. */
export interface Place {
  readonly module: string;
  readonly path: string;
  readonly function: FunctionId | null;
}

/** Tells what code can give. One outcome of shape `any` stands for all that is not known; none at all: it never comes back. */
export interface Reading {
  readonly project: Project;
  readonly of: (expression: Expression, scope: Scope | null, place: Place) => readonly Outcome[];
  readonly ofFunction: (target: ProjectFunction) => readonly Outcome[];
}

/** More outcomes than this say no more than that anything can come. */
const mostOutcomes = 16;

export function outcome(shape: Shape, place: { readonly path: string }, span: Span, sure = true, settled = false): Outcome {
  return { shape, sure: sure && shape.kind !== "any", settled, at: { path: place.path, span } };
}

export function unknownAt({ span }: { readonly span: Span }, place: { readonly path: string }): Outcome {
  return outcome(any, place, span, false);
}

/** Each shape once, the surest of them; all that is not known as one. */
export function distinct(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length < 2) return outcomes;
  const kept: Outcome[] = [];
  for (const one of outcomes) {
    const position = kept.findIndex(({ shape }) => sameShape(shape, one.shape));
    if (position === -1) kept.push(one);
    else if (one.sure && kept[position]?.sure === false) kept[position] = one;
  }
  const [first] = kept;
  if (kept.length <= mostOutcomes || first === undefined) return kept;
  return [...kept.slice(0, mostOutcomes), { ...first, shape: any, sure: false }];
}

/** The scope after a statement. */
export function after(reading: Reading, statement: Expression, scope: Scope | null, place: Place): Scope | null {
  if (statement.kind !== "match") return scope;
  return bind(scope, statement.pattern, later(reading, statement.value, scope, place), place.path);
}

/** A value that is looked at when somebody asks for it. */
export function later(reading: Reading, value: Expression, scope: Scope | null, place: Place): Binding {
  let outcomes: readonly Outcome[] | null = null;
  return { value, outcomes: () => (outcomes ??= reading.of(value, scope, place)) };
}

export function anything(expression: { readonly span: Span }, place: Place): Binding {
  return { value: null, outcomes: () => [unknownAt(expression, place)] };
}

/** Whether code looks at nothing but what the function was given. */
export function looksAtGiven(expression: Expression, scope: Scope | null): boolean {
  let asks = false;
  walk(expression, (part) => {
    if (part.kind === "variable") asks ||= lookUp(scope, part.name)?.given !== true;
    else if (part.kind === "call")
      asks ||= part.module !== null || part.subject !== null || !/^(is_|in$|elem$|map_size$|byte_size$|length$)/.test(part.function);
    else if (part.kind === "branch" || part.kind === "apply" || part.kind === "match") asks = true;
  });
  return !asks;
}

/** The scope inside a clause whose first pattern takes `subject`. */
export function inClause(clause: Clause, subject: Binding, scope: Scope | null, place: Place): Scope | null {
  let inner: Scope | null = scope;
  for (const [position, pattern] of clause.patterns.entries()) {
    inner = bind(inner, pattern, position === 0 ? subject : anything(pattern, place), place.path);
  }
  return inner;
}
