import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { findFunction } from "../find-function.js";
import type { QueryShape } from "./types.js";

/** One clause in which queries are read, and what its parameters were given. */
export interface Scope {
  readonly project: Project;
  readonly function: ProjectFunction;
  readonly clause: FunctionClause;
  readonly given: ReadonlyMap<string, QueryShape>;
  /** How many calls lie between the running call and this clause. */
  readonly depth: number;
}

/** What a variable was last bound to before `before`; null when it is a parameter or comes out of a pattern. */
export function boundBefore(scope: Scope, name: string, before: number): Expression | null {
  if (scope.clause.body === null) return null;
  let bound: Expression | null = null;
  for (const match of collect(scope.clause.body, "match")) {
    if (match.pattern.kind !== "variable" || match.pattern.name !== name || match.span.end > before) continue;
    bound = match.value;
  }
  return bound;
}

/** The default that stands beside a parameter: `query \\ __MODULE__`. */
export function defaultOf(scope: Scope, name: string): Expression | null {
  for (const clause of scope.function.facts.clauses) {
    for (const parameter of clause.parameters) {
      if (parameter.kind !== "operator" || parameter.operator !== "\\\\") continue;
      const [variable, value] = parameter.operands;
      if (variable?.kind === "variable" && variable.name === name) return value ?? null;
    }
  }
  return null;
}

/** The name a parameter is bound to, behind a default or a pattern. */
export function nameOf(parameter: Expression | undefined): string | null {
  if (parameter?.kind === "variable") return parameter.name;
  if (parameter?.kind === "operator" && parameter.operator === "\\\\") return nameOf(parameter.operands[0]);
  if (parameter?.kind === "match") return nameOf(parameter.pattern) ?? nameOf(parameter.value);
  return null;
}

const calleesOf = new WeakMap<Project, Map<FunctionId, ReadonlyMap<string, FunctionId>>>();

/** The project function a call of this clause reaches, imports and delegation considered. */
export function calleeOf(scope: Scope, call: Call): ProjectFunction | null {
  const known = calleesOf.get(scope.project) ?? new Map<FunctionId, ReadonlyMap<string, FunctionId>>();
  calleesOf.set(scope.project, known);
  const id = scope.function.id;
  const callees =
    known.get(id) ??
    new Map((scope.project.calls.get(id) ?? []).map((site) => [`${String(site.span.start)}-${String(site.span.end)}`, site.callee]));
  known.set(id, callees);
  const callee = callees.get(`${String(call.segment.start)}-${String(call.segment.end)}`);
  if (callee !== undefined) return scope.project.functions.get(callee) ?? null;
  return call.module === null && call.subject === null
    ? findFunction(scope.project, scope.function.module, call.function, call.arguments.length)
    : null;
}
