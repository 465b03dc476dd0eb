import type { DirectEffect, Effect, Effects, FunctionId, Location, Project } from "../model/project.js";
import { contains, type Span } from "../model/span.js";

const none: Effects = new Map();

/** What running a function may do, by itself or through what it calls. Empty for an unknown function. */
export function effectsOf(project: Project, id: FunctionId): Effects {
  return project.effects.get(id) ?? none;
}

/** One step of the way to an effect: at `at`, inside `caller`, `call` is called (a project function id, or a library function at the end). */
export interface EffectStep {
  readonly caller: FunctionId;
  readonly at: Location;
  readonly call: string;
}

/** The shortest way from a function to the library call that has the effect; empty when it has none. */
export function traceEffect(project: Project, id: FunctionId, effect: Effect): EffectStep[] {
  const steps: EffectStep[] = [];
  const seen = new Set<FunctionId>();
  for (let current = id; !seen.has(current);) {
    seen.add(current);
    const cause = effectsOf(project, current).get(effect);
    if (cause === undefined) break;
    steps.push({ caller: current, at: cause.at, call: cause.kind === "direct" ? cause.call : cause.callee });
    if (cause.kind === "direct") break;
    current = cause.callee;
  }
  return steps;
}

/** An effect of one piece of code: a library call written there, or a project function called there that has it. */
export interface EffectSite extends Location {
  readonly effect: Effect;
  /** The library function, or the project function's id. */
  readonly call: string;
  /** Null when the call itself has the effect. */
  readonly callee: FunctionId | null;
  readonly deferred: boolean;
}

/** How many calls inside `span` of a function have an effect: to be asked before `effectsWithin`, and before code is read. */
export function countEffect(project: Project, id: FunctionId, span: Span, effect: Effect): number {
  let count = 0;
  for (const site of project.directEffects.get(id) ?? []) if (site.effect === effect && contains(span, site.span)) count += 1;
  for (const site of project.calls.get(id) ?? []) if (contains(span, site.span) && effectsOf(project, site.callee).has(effect)) count += 1;
  return count;
}

/** The effects of the code inside `span` of a function (a loop's body, a branch), in source order. */
export function effectsWithin(project: Project, id: FunctionId, span: Span): EffectSite[] {
  const within = (site: Location): boolean => contains(span, site.span);
  const direct = (project.directEffects.get(id) ?? []).filter(within).map((site: DirectEffect): EffectSite => ({ ...site, callee: null }));
  const through = (project.calls.get(id) ?? []).filter(within).flatMap((site) =>
    [...effectsOf(project, site.callee).keys()].map((effect): EffectSite => ({
      effect,
      call: site.callee,
      callee: site.callee,
      path: site.path,
      span: site.span,
      deferred: site.deferred,
    })),
  );
  return [...direct, ...through].sort((one, other) => one.span.start - other.span.start);
}
