import type { Call, Expression } from "../../model/expression.js";
import type { Effect, FunctionId, Project } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import { effectsOf, type EffectSite } from "../../project/effects-of.js";
import { findFunction } from "../../project/find-function.js";
import { atomOf, moduleNameOf } from "../../project/values.js";

/** Effects of `apply(Module, name, [a, b])` where the code around it says which names a variable may hold. */
export function appliedEffects(body: Expression, path: string, effects: readonly Effect[], project: Project): EffectSite[] {
  return ownCalls(body).flatMap((call) => {
    const callees = calleesOf(call, body, project);
    return effects.flatMap((effect): EffectSite[] => {
      const callee = callees.find((id) => effectsOf(project, id).has(effect));
      return callee === undefined ? [] : [{ effect, call: callee, callee, path, span: call.segment, deferred: false }];
    });
  });
}

/** Calls outside lambdas: those may run in a task. */
function ownCalls(body: Expression): Call[] {
  const calls: Call[] = [];
  walk(body, (part) => {
    if (part.kind === "call") calls.push(part);
    return part.kind !== "lambda";
  });
  return calls;
}

function calleesOf(call: Call, body: Expression, project: Project): FunctionId[] {
  const [owner, name, given] = call.arguments;
  const module = moduleNameOf(owner);
  if (call.function !== "apply" || module === null || name?.kind !== "variable" || given?.kind !== "list" || given.tail !== null) return [];
  const bound = collect(body, "match").filter(({ pattern }) => pattern.kind === "variable" && pattern.name === name.name);
  const names = bound.flatMap(({ value }) => collect(value, "literal").flatMap((literal) => atomOf(literal) ?? []));
  return names.flatMap((one) => findFunction(project, module, one, given.elements.length)?.id ?? []);
}
