import type { CallSite, DirectEffect, Effect, EffectCause, Effects, FunctionId } from "../../model/project.js";

/** Effects that make the caller wait or fail: code that runs in another process does not pass them on. */
const waited = new Set<Effect>(["http", "mail", "file", "command", "process_call", "sleep", "raise"]);

/** Carries direct effects up the call graph, nearest cause first; cycles end because a function takes each effect once. */
export function closeEffects(
  direct: ReadonlyMap<FunctionId, readonly DirectEffect[]>,
  callers: ReadonlyMap<FunctionId, readonly CallSite[]>,
): Map<FunctionId, Effects> {
  const closed = new Map<FunctionId, Map<Effect, EffectCause>>();
  let frontier: { id: FunctionId; effect: Effect }[] = [];
  const give = (id: FunctionId, effect: Effect, cause: EffectCause, deferred: boolean): void => {
    if (deferred && waited.has(effect)) return;
    const effects = closed.get(id) ?? new Map<Effect, EffectCause>();
    if (effects.has(effect)) return;
    closed.set(id, effects.set(effect, cause));
    frontier.push({ id, effect });
  };
  for (const [id, effects] of direct) {
    for (const { effect, call, deferred, path, span } of effects) give(id, effect, { kind: "direct", at: { path, span }, call }, deferred);
  }
  while (frontier.length > 0) {
    const level = frontier;
    frontier = [];
    for (const { id, effect } of level) {
      for (const { caller, path, span, deferred } of callers.get(id) ?? []) {
        give(caller, effect, { kind: "through", at: { path, span }, callee: id }, deferred);
      }
    }
  }
  return closed;
}
