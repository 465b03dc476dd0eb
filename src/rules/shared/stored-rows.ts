import type { Call, Expression } from "../../model/expression.js";
import type { FunctionId, Project } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { effectsWithin, traceEffect, type EffectSite } from "../../project/effects-of.js";
import { findFunction } from "../../project/find-function.js";
import { repositoryCall } from "../../project/repository-call.js";
import { optionOf } from "../../project/values.js";
import { resolved } from "./bound-values.js";
import { endsOf } from "./discarded.js";

/** A call that reaches the repository: the repository's own call, the code around it, and the project call that led there. */
export interface RepositoryUse {
  readonly call: Call;
  readonly body: Expression;
  readonly name: string;
  /** The module the call stands in. */
  readonly module: string;
  /** The way to it from where one looked, ids of the functions between. */
  readonly through: readonly FunctionId[];
}

const longestWay = 3;

/** The write that a site of a function ends in, when it lies at most three calls away. */
export function writeAt(project: Project, site: EffectSite, body: Expression, module: string): RepositoryUse | null {
  if (site.callee === null) return useIn(body, module, site.span, []);
  const steps = traceEffect(project, site.callee, "write");
  const last = steps.at(-1);
  const caller = last === undefined ? undefined : project.functions.get(last.caller);
  if (last === undefined || caller === undefined || steps.length > longestWay) return null;
  const clause = caller.facts.clauses.find((candidate) => contains(candidate.span, last.at.span));
  if (clause?.body === null || clause?.body === undefined) return null;
  return useIn(
    clause.body,
    caller.module,
    last.at.span,
    steps.map((step) => step.caller),
  );
}

function useIn(body: Expression, module: string, span: Span, through: readonly FunctionId[]): RepositoryUse | null {
  const call = collect(body, "call").find(({ segment }) => segment.start === span.start && segment.end === span.end);
  return call === undefined ? null : { call, body, name: call.function, module, through };
}

/** Writes in a part of a function, with what they end in. */
export function writesWithin(
  project: Project,
  id: FunctionId,
  part: Span,
  body: Expression,
  module: string,
): { readonly site: EffectSite; readonly use: RepositoryUse }[] {
  return effectsWithin(project, id, part)
    .filter((site) => site.effect === "write" && !site.deferred)
    .flatMap((site) => {
      const use = writeAt(project, site, body, module);
      return use === null ? [] : [{ site, use }];
    });
}

/** The read that gives an expression its value: itself, or what the project function it calls ends in. */
export function readBehind(project: Project, expression: Expression, body: Expression, module: string, depth = 0): RepositoryUse | null {
  const value = resolved(expression, body);
  if (value.kind !== "call") return null;
  const operation = repositoryCall(project, value);
  if (operation !== null) return operation.operation === "read" ? { call: value, body, name: value.function, module, through: [] } : null;
  if (/^(preload|is_nil|not)$/.test(value.function) && value.arguments[0] !== undefined)
    return readBehind(project, value.arguments[0], body, module, depth);
  const target = value.subject === null ? findFunction(project, value.module ?? module, value.function, value.arguments.length) : null;
  if (target === null || depth === 2) return null;
  for (const clause of target.facts.clauses) {
    for (const end of clause.body === null ? [] : endsOf(clause.body)) {
      const found = readBehind(project, end, clause.body ?? end, target.module, depth + 1);
      if (found !== null) return { ...found, through: [target.id, ...found.through] };
    }
  }
  return null;
}

/** Schemas that a repository call is about: named in its arguments, in what those are bound to, and in the project functions that make them. */
export function schemasOf(project: Project, use: RepositoryUse): ReadonlySet<string> {
  const found = new Set<string>();
  for (const argument of use.call.arguments) addSchemas(project, argument, use, found, 0);
  return found;
}

function addSchemas(
  project: Project,
  root: Expression,
  use: Pick<RepositoryUse, "body" | "module">,
  found: Set<string>,
  depth: number,
): void {
  const add = (name: string | null): void => {
    if (name !== null && (project.schemas.get(name)?.table ?? null) !== null) found.add(name);
  };
  walk(root, (expression) => {
    if (expression.kind === "keyword") return false;
    if (expression.kind === "map") add(expression.struct);
    if (expression.kind === "module") add(expression.name);
    if (expression.kind === "variable" && depth < 3) {
      const value = resolved(expression, use.body);
      if (value !== expression) addSchemas(project, value, use, found, depth + 1);
    }
    if (expression.kind === "call") {
      if (expression.module !== null) add(expression.module);
      const target =
        expression.subject === null && depth < 2
          ? findFunction(project, expression.module ?? use.module, expression.function, expression.arguments.length)
          : null;
      for (const clause of found.size === 0 ? (target?.facts.clauses ?? []) : []) {
        if (target !== null && clause.body !== null)
          for (const end of endsOf(clause.body)) addSchemas(project, end, { body: clause.body, module: target.module }, found, depth + 1);
      }
    }
    return;
  });
}

/** The columns a look-up names: `Repo.get_by(User, email: email)`; null when it asks in another way. */
export function columnsAsked(use: RepositoryUse): readonly string[] | null {
  if (!/^get_by!?$/.test(use.name)) return null;
  const given = use.call.arguments[1];
  if (given?.kind === "keyword") return given.entries.map(({ key }) => key);
  if (given?.kind === "map") return given.entries.flatMap(({ key }) => (key.kind === "literal" ? [key.value] : []));
  return null;
}

/** Whether a write copes with a row that is already there. */
export function isUpsert({ call }: RepositoryUse): boolean {
  return call.function.startsWith("insert_or_update") || optionOf(call, "on_conflict") !== null;
}
