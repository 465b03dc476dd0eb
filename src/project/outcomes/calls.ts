import type { Call } from "../../model/expression.js";
import type { ProjectFunction } from "../../model/project.js";
import { findFunction } from "../find-function.js";
import { repositoryCall } from "../repository-call.js";
import { knownShapes, neverReturns } from "./known.js";
import { outcome, unknownAt, type Place, type Reading } from "./reading.js";
import { repositoryShapes } from "./repository.js";
import { lookUp, type Scope } from "./scope.js";
import type { Outcome } from "./shapes.js";

/** What a call gives: told by the project's own function, by what Ecto's repository does, or by what is known of a library. */
export function ofCall(reading: Reading, call: Call, scope: Scope | null, place: Place): readonly Outcome[] {
  if (call.subject === null && neverReturns(call.module, call.function)) return [];
  const target = calledFunction(reading, call, place);
  if (target !== null) return target.id === place.function ? [] : reading.ofFunction(target);
  const repository = repositoryCall(reading.project, call) === null ? null : ofRepository(reading, call, scope, place);
  if (repository !== null) return repository;
  if (call.subject !== null || (call.module !== null && reading.project.modules.has(call.module))) return [unknownAt(call, place)];
  const [first] = call.arguments;
  if (call.module === null && call.function === "tap" && first !== undefined) return reading.of(first, scope, place);
  const shapes = knownShapes(call.module, call.function, call.arguments.length);
  return shapes === null ? [unknownAt(call, place)] : shapes.map((shape) => outcome(shape, place, call.segment, true, true));
}

/** The function of the project that a call reaches by its name. */
export function calledFunction({ project }: Reading, call: Call, place: Place): ProjectFunction | null {
  if (call.subject !== null || call.block !== null) return null;
  const module = call.module === null || call.module === "__MODULE__" ? place.module : call.module;
  const named = findFunction(project, module, call.function, call.arguments.length);
  if (named !== null || call.module !== null || place.function === null) return named;
  const site = project.calls.get(place.function)?.find(({ span, path }) => span.start === call.segment.start && path === place.path);
  return site === undefined ? null : (project.functions.get(site.callee) ?? null); // an imported function
}

function ofRepository(reading: Reading, call: Call, scope: Scope | null, place: Place): readonly Outcome[] | null {
  const [first] = call.arguments;
  const source = first?.kind === "variable" ? (lookUp(scope, first.name)?.value ?? first) : (first ?? null);
  const shapes = first === undefined ? [] : reading.of(first, scope, place).map(({ shape }) => shape);
  const told = repositoryShapes(call, source, shapes);
  return told?.map(({ shape, sure }) => outcome(shape, place, call.segment, sure, true)) ?? null;
}
