import { outlineOfClause, type Outline } from "../../model/outline.js";
import type { FunctionId, Location, Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { walk } from "../../model/walk.js";
import type { EffectStep } from "../../project/effects-of.js";

/** Whether a step of a trace lies inside a call on a cache, which runs its lambda only on a miss. */
export function goesThroughCache(project: Project, steps: readonly EffectStep[]): boolean {
  return steps.some((step) => isInsideCacheCall(project, step.caller, step.at));
}

function isInsideCacheCall(project: Project, id: FunctionId, at: Location): boolean {
  if (/cache/i.test(id)) return true;
  let inside = false;
  for (const clause of project.functions.get(id)?.facts.clauses ?? []) {
    if (clause.body === null || !contains(clause.span, at.span)) continue;
    walk(clause.body, (expression) => {
      if (!contains(expression.span, at.span)) return false;
      if (expression.kind === "call" && isCacheCall(expression.module, expression.function) && expression.segment.start !== at.span.start)
        inside = true;
      return;
    });
  }
  return inside;
}

function isCacheCall(module: string | null, name: string): boolean {
  return /cache|memo/i.test(`${module ?? ""}.${name}`) || name === "get_or_store";
}

/** Whether code looks at itself whether an association is loaded. */
export function asksWhetherLoaded({ calls, modules, structs }: Outline): boolean {
  const named = [...structs, ...modules.map(({ name }) => name)];
  return named.some((name) => name.endsWith("NotLoaded")) || calls.some((call) => call.function === "assoc_loaded?");
}

/** Whether a function on the way queries only when an association is not loaded yet. */
export function asksOnlyWhenNotLoaded(project: Project, steps: readonly EffectStep[]): boolean {
  return steps.some(({ caller }) =>
    (project.functions.get(caller)?.facts.clauses ?? []).some((clause) => asksWhetherLoaded(outlineOfClause(clause))),
  );
}
