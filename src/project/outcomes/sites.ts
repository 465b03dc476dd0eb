import type { Branch, Clause, Expression, Match } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { Project, ProjectFunction } from "../../model/project.js";
import { childrenOf } from "../../model/walk.js";
import { inCondition, readSteps } from "./branches.js";
import { createReading, scopeOfParameters } from "./infer.js";
import { after, anything, inClause, later, type Place, type Reading } from "./reading.js";
import { bind, emptyScope, type Scope } from "./scope.js";
import type { Outcome } from "./shapes.js";

/** A place where the outcome of code meets patterns. Outcomes are worked out when they are asked for. */
export type OutcomeSite =
  | { readonly kind: "match"; readonly match: Match; readonly inWith: Branch | null; readonly outcomes: () => readonly Outcome[] }
  | { readonly kind: "step"; readonly branch: Branch; readonly step: Branch["steps"][number]; readonly outcomes: () => readonly Outcome[] }
  | { readonly kind: "case"; readonly branch: Branch; readonly outcomes: () => readonly Outcome[] }
  /** What falls through the steps of a `with` that has an `else`. */
  | { readonly kind: "else"; readonly branch: Branch; readonly outcomes: () => readonly Outcome[] };

const readings = new WeakMap<Project, Reading>();

function readingOf(project: Project): Reading {
  const earlier = readings.get(project);
  if (earlier !== undefined) return earlier;
  const reading = createReading(project);
  readings.set(project, reading);
  return reading;
}

/** Everything a function of the project can give back; see `Reading`. */
export function outcomesOf(project: Project, target: ProjectFunction): readonly Outcome[] {
  return readingOf(project).ofFunction(target);
}

/** Everything that code without surroundings can give. */
export function outcomesOfCode(project: Project, code: Expression, place: Place): readonly Outcome[] {
  return readingOf(project).of(code, emptyScope, place);
}

/** Every `=`, `case` and `with` in a clause of a function, with what the patterns are given. */
export function outcomeSites(project: Project, target: ProjectFunction, clause: FunctionClause): readonly OutcomeSite[] {
  if (clause.body === null) return [];
  const place: Place = { module: target.module, path: target.path, function: target.id };
  const found: OutcomeSite[] = [];
  visit({ reading: readingOf(project), place, found }, clause.body, scopeOfParameters(clause.parameters, place));
  return found;
}

interface Visit {
  readonly reading: Reading;
  readonly place: Place;
  readonly found: OutcomeSite[];
}

function visit(work: Visit, expression: Expression, scope: Scope | null): void {
  switch (expression.kind) {
    case "block": {
      let inner: Scope | null = scope;
      for (const statement of expression.expressions) {
        visit(work, statement, inner);
        inner = after(work.reading, statement, inner, work.place);
      }
      return;
    }
    case "match":
      work.found.push({ kind: "match", match: expression, inWith: null, outcomes: asked(work, expression.value, scope) });
      return visit(work, expression.value, scope);
    case "branch":
      return visitBranch(work, expression, scope);
    case "lambda":
      for (const clause of expression.clauses) visit(work, clause.body, unknownClause(work, clause, scope));
      return;
    default:
      for (const child of childrenOf(expression)) visit(work, child, scope);
  }
}

function asked({ reading, place }: Visit, value: Expression, scope: Scope | null): () => readonly Outcome[] {
  return later(reading, value, scope, place).outcomes;
}

function unknownClause({ place }: Visit, clause: Clause, scope: Scope | null): Scope | null {
  return inClause(clause, anything(clause, place), scope, place);
}

function visitBranch(work: Visit, branch: Branch, scope: Scope | null): void {
  const { reading, place } = work;
  if (branch.form === "with") return visitWith(work, branch, scope);
  if (branch.subject !== null) visit(work, branch.subject, scope);
  const subject = branch.subject === null ? anything(branch, place) : later(reading, branch.subject, scope, place);
  if (branch.form === "case") work.found.push({ kind: "case", branch, outcomes: subject.outcomes });
  for (const clause of branch.clauses) {
    const conditional = branch.form === "if" || branch.form === "unless";
    const holds = (clause.role === "do") === (branch.form === "if");
    const inner = conditional
      ? inCondition(reading, branch.subject, holds, scope, place)
      : inClause(clause, branch.form === "case" ? subject : anything(clause, place), scope, place);
    visit(work, clause.body, inner);
  }
}

function visitWith(work: Visit, branch: Branch, scope: Scope | null): void {
  const { reading, place, found } = work;
  let inner: Scope | null = scope;
  for (const step of branch.steps) {
    if (step.pattern === null) {
      visitPlain(work, step.value, branch, inner);
      inner = after(reading, step.value, inner, place);
    } else {
      visit(work, step.value, inner);
      const outcomes = asked(work, step.value, inner);
      if (step.binds) found.push({ kind: "step", branch, step, outcomes });
      inner = bind(inner, step.pattern, { value: step.value, outcomes }, place.path);
    }
  }
  if (branch.clauses.some(({ role }) => role === "else")) {
    found.push({ kind: "else", branch, outcomes: () => readSteps(reading, branch, scope, place).falling });
  }
  for (const clause of branch.clauses) {
    visit(work, clause.body, clause.role === "do" ? inner : unknownClause(work, clause, scope));
  }
}

/** A line of `with` that has no arrow. */
function visitPlain(work: Visit, line: Expression, branch: Branch, scope: Scope | null): void {
  if (line.kind !== "match") return visit(work, line, scope);
  work.found.push({ kind: "match", match: line, inWith: branch, outcomes: asked(work, line.value, scope) });
  visit(work, line.value, scope);
}
