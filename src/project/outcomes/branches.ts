import type { Branch, Clause, Expression } from "../../model/expression.js";
import { fits, shapeOfPattern } from "./fits.js";
import { after, anything, inClause, later, looksAtGiven, outcome, type Place, type Reading } from "./reading.js";
import { bind, type Binding, type Scope, lookUp } from "./scope.js";
import { chosenByArgument, chosenByEvent, isRefused, nothing, type Outcome } from "./shapes.js";

/** What control flow gives: the values of the arms that can be reached. */
export function ofBranch(reading: Reading, branch: Branch, scope: Scope | null, place: Place): readonly Outcome[] {
  switch (branch.form) {
    case "case":
      return ofCase(reading, branch, scope, place);
    case "with":
      return ofWith(reading, branch, scope, place);
    case "try":
      return ofTry(reading, branch, scope, place);
    case "if":
    case "unless":
      return ofCondition(reading, branch, scope, place);
    case "cond":
      return branch.clauses.flatMap((clause) => {
        const chosen = clause.patterns.every((asked) => looksAtGiven(asked, scope));
        const outcomes = reading.of(clause.body, scope, place);
        return chosen ? chosenByArgument(outcomes) : chosenByEvent(outcomes);
      });
    default:
      return ofClauses(reading, branch.clauses, anything(branch, place), scope, place);
  }
}

function ofCase(reading: Reading, branch: Branch, scope: Scope | null, place: Place): Outcome[] {
  const subject = branch.subject ?? branch;
  const chosen = looksAtGiven(subject, scope);
  return ofClauses(reading, branch.clauses, later(reading, subject, scope, place), scope, place, chosen);
}

/** Arms one after another: an outcome taken by one for certain does not reach the next. */
function ofClauses(
  reading: Reading,
  clauses: readonly Clause[],
  subject: Binding,
  scope: Scope | null,
  place: Place,
  chosen = false,
): Outcome[] {
  const given: Outcome[] = [];
  let left = subject.outcomes();
  for (const clause of clauses) {
    const [pattern] = clause.role === "rescue" ? [] : clause.patterns;
    const reaching = pattern === undefined ? subject.outcomes() : left.filter(({ shape }) => fits(pattern, shape) !== "never");
    if (reaching.length === 0) continue;
    if (pattern !== undefined && clause.guard === null) left = left.filter(({ shape }) => fits(pattern, shape) !== "always");
    const inner = inClause(clause, { value: subject.value, outcomes: () => reaching }, scope, place);
    const sure = reaching.some((one) => one.sure || one.shape.kind === "any");
    const outcomes = reading.of(clause.body, inner, place);
    const passesOn = pattern !== undefined && isRefused(shapeOfPattern(pattern));
    const told = chosen && !passesOn ? chosenByArgument(outcomes) : chosenByEvent(outcomes);
    given.push(...(sure ? told : told.map((one) => ({ ...one, sure: false }))));
  }
  return given;
}

function ofTry(reading: Reading, branch: Branch, scope: Scope | null, place: Place): Outcome[] {
  const saved = branch.clauses.some(({ role }) => role === "else") ? "else" : "do";
  const counted = branch.clauses.filter(({ role }) => role === saved || role === "rescue" || role === "catch");
  return counted.flatMap((clause) => [...reading.of(clause.body, inClause(clause, anything(branch, place), scope, place), place)]);
}

/** `if` and `unless`: what was asked is neither `nil` nor `false` in the one arm, and one of them in the other. */
function ofCondition(reading: Reading, branch: Branch, scope: Scope | null, place: Place): Outcome[] {
  const chosen = branch.subject !== null && looksAtGiven(branch.subject, scope);
  const given = branch.clauses.flatMap((clause) => {
    const holds = (clause.role === "do") === (branch.form === "if");
    return [...reading.of(clause.body, inCondition(reading, branch.subject, holds, scope, place), place)];
  });
  const all = branch.clauses.length > 1 ? given : [...given, outcome(nothing, place, branch.span)];
  return chosen ? chosenByArgument(all) : chosenByEvent(all);
}

/** The scope in an arm of `if`, where what was asked holds or not. */
export function inCondition(reading: Reading, asked: Expression | null, holds: boolean, scope: Scope | null, place: Place): Scope | null {
  if (asked === null) return scope;
  const inner = after(reading, asked, scope, place);
  const name = asked.kind === "match" ? asked.pattern : asked;
  const binding = name.kind === "variable" ? lookUp(inner, name.name) : undefined;
  if (binding === undefined) return inner;
  const outcomes = (): readonly Outcome[] => binding.outcomes().filter((one) => one.shape.kind === "any" || isFalse(one) !== holds);
  return bind(inner, name, { value: binding.value, outcomes }, place.path);
}

/** `nil` or `false`. */
export function isFalse({ shape }: Outcome): boolean {
  return shape.kind === "atom" && (shape.name === "nil" || shape.name === "false");
}

function ofWith(reading: Reading, branch: Branch, scope: Scope | null, place: Place): Outcome[] {
  const { inner, falling } = readSteps(reading, branch, scope, place);
  const done = branch.clauses.filter(({ role }) => role === "do").flatMap((clause) => [...reading.of(clause.body, inner, place)]);
  const otherwise = branch.clauses.filter(({ role }) => role === "else");
  if (otherwise.length === 0) return [...done, ...falling];
  return falling.length === 0 ? done : [...done, ...ofClauses(reading, otherwise, { value: null, outcomes: () => falling }, scope, place)];
}

/** The scope after all steps of a `with`, and what its steps let fall through to `else`. */
export function readSteps(
  reading: Reading,
  branch: Branch,
  scope: Scope | null,
  place: Place,
): { readonly inner: Scope | null; readonly falling: Outcome[] } {
  let inner: Scope | null = scope;
  const falling: Outcome[] = [];
  for (const { pattern, value, guard, binds } of branch.steps) {
    const binding = later(reading, value, inner, place);
    if (pattern === null) inner = after(reading, value, inner, place);
    else {
      if (binds && (guard !== null || pattern.kind !== "variable")) falling.push(...notTaken(pattern, guard !== null, binding.outcomes()));
      inner = bind(inner, pattern, binding, place.path);
    }
  }
  return { inner, falling };
}

/** What a pattern lets through: for certain where it never takes it, else it only might. */
function notTaken(pattern: Expression, guarded: boolean, outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.flatMap((one) => {
    const fit = fits(pattern, one.shape);
    if (fit === "always" && !guarded) return [];
    return [fit === "never" ? one : { ...one, sure: false }];
  });
}
