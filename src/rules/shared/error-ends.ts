import type { Branch, Call, Clause, Expression } from "../../model/expression.js";
import type { FunctionId, Project } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { effectsWithin, type EffectSite } from "../../project/effects-of.js";
import { findFunction } from "../../project/find-function.js";
import { repositoryCall } from "../../project/repository-call.js";
import { atomOf } from "../../project/values.js";
import { fallibleCall } from "./fallible.js";

/** A way through code that ends in `{:error, …}` after something was written on it. */
export interface ErrorEnd {
  /** The error given back, or the call whose error is passed on. */
  readonly at: Span;
  /** What fails: a call, or null for an error the code writes itself. */
  readonly failing: Call | null;
  /** The write that was made before. */
  readonly written: EffectSite;
}

/** Code of one function, and the part of it that is looked at. */
export interface Part {
  readonly id: FunctionId;
  readonly module: string;
  readonly body: Expression;
}

/** Every way through a part that has written and then gives back an error without rolling back. */
export function errorEnds(part: Part, project: Project): ErrorEnd[] {
  const writes = effectsWithin(project, part.id, part.body.span).filter((site) => site.effect === "write" && !site.deferred);
  if (writes.length === 0) return [];
  return endsIn(part.body, part, project).flatMap(({ at, failing, from, arm }) => {
    const earlier = writes.filter(
      (write) => write.span.end <= from && !isApart(write.span, at, part.body) && (arm === null || !contains(arm, write.span)),
    );
    const written = earlier.at(-1);
    return written === undefined ? [] : [{ at, failing, written }];
  });
}

interface End {
  readonly at: Span;
  readonly failing: Call | null;
  /** Where the way has left what went before: a write that ends later is none of it. */
  readonly from: number;
  /** The arm that handles the error: what it writes itself is meant to stay. */
  readonly arm: Span | null;
}

function endsIn(expression: Expression, part: Part, project: Project, arm: Span | null = null): End[] {
  switch (expression.kind) {
    case "block":
      return expression.expressions.slice(-1).flatMap((last) => endsIn(last, part, project, arm));
    case "tuple":
      return isError(expression) && arm !== null ? [{ at: expression.span, failing: null, from: expression.span.start, arm }] : [];
    case "call":
      return mayFail(expression, part, project)
        ? [{ at: expression.segment, failing: expression, from: startOfCall(expression, part.body), arm: null }]
        : [];
    case "branch":
      return expression.form === "with" ? endsOfWith(expression, part, project) : endsOfBranch(expression, part, project);
    default:
      return [];
  }
}

function startOfCall(call: Call, body: Expression): number {
  return contains(body.span, call.span) ? call.span.start : call.segment.start;
}

/** Arms of `case`, `if` and `cond`; one that is taken when the subject failed has not made the subject's write. */
function endsOfBranch(branch: Branch, part: Part, project: Project): End[] {
  if (branch.form === "try" || branch.form === "receive") return [];
  return branch.clauses.flatMap((clause) =>
    endsIn(clause.body, part, project, clause.span).map((end) => ({
      ...end,
      from: saysError(clause) && branch.subject !== null ? Math.min(end.from, branch.subject.span.start) : end.from,
    })),
  );
}

/** Steps of `with` whose error falls through, or is given back by an arm of `else`. */
function endsOfWith(branch: Branch, part: Part, project: Project): End[] {
  const otherwise = branch.clauses.filter(({ role }) => role === "else");
  const done = branch.clauses.filter(({ role }) => role === "do").flatMap((clause) => endsIn(clause.body, part, project, clause.span));
  const failing = branch.steps.flatMap(({ pattern, value, binds }) => {
    if (!binds || pattern === null || pattern.kind === "variable" || value.kind !== "call") return [];
    return mayFail(value, part, project) ? [value] : [];
  });
  const passing = otherwise.length === 0 || otherwise.some(passesOn);
  return [...done, ...(passing ? failing.map((call) => ({ at: call.segment, failing: call, from: call.span.start, arm: null })) : [])];
}

/** `{:error, reason} -> {:error, reason}`, `error -> error`. */
function passesOn({ patterns: [pattern], body }: Clause): boolean {
  const last = body.kind === "block" ? (body.expressions.at(-1) ?? body) : body;
  if (last.kind === "tuple") return isError(last);
  return last.kind === "variable" && pattern !== undefined && collect(pattern, "variable").some(({ name }) => name === last.name);
}

/** Whether a call gives back `{:error, …}` without the database having refused anything: a validation, a rule of the program. */
function mayFail(call: Call, { module, body }: Part, project: Project): boolean {
  const fallible = fallibleCall(call, module, body, project);
  if (fallible?.kind === "write") return !/\.delete\//.test(fallible.what);
  if (fallible !== null || repositoryCall(project, call) !== null) return false;
  const target = call.subject === null ? findFunction(project, call.module ?? module, call.function, call.arguments.length) : null;
  return target !== null && target.facts.clauses.some((clause) => clause.body !== null && givesError(clause.body));
}

function givesError(expression: Expression): boolean {
  if (expression.kind === "block") return expression.expressions.slice(-1).some(givesError);
  if (expression.kind === "branch") return expression.clauses.some((clause) => clause.role !== "after" && givesError(clause.body));
  return isError(expression);
}

/** `{:error, …}`. */
export function isError(expression: Expression): boolean {
  return expression.kind === "tuple" && atomOf(expression.elements[0]) === "error";
}

function saysError({ patterns, role }: Clause): boolean {
  return role === "else" || patterns.some((pattern) => isError(pattern) || (pattern.kind === "match" && isError(pattern.pattern)));
}

/** Whether two places stand in different arms of one branch. */
function isApart(one: Span, other: Span, body: Expression): boolean {
  return collect(body, "branch").some((branch) => {
    const armOf = (span: Span): number => branch.clauses.findIndex((clause) => contains(clause.span, span));
    return armOf(one) !== -1 && armOf(other) !== -1 && armOf(one) !== armOf(other);
  });
}
