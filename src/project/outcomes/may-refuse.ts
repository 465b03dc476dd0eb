import type { FunctionClause } from "../../model/facts.js";
import { contains } from "../../model/span.js";
import { outlineOfClause, type OutlinedCall } from "../../model/outline.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { functionsCalling } from "../calls/callees.js";
import { isRepository } from "../repositories.js";
import { mayRefuse } from "./known.js";

const refusing = /^(get|get_by|one|insert|update|delete|insert_or_update|transaction|transact)$/;

/** Callers of callers that are looked at: what comes from further away has been handled, or has become another thing, on the way. */
const levels = 3;

const known = new WeakMap<Project, ReadonlySet<FunctionId>>();

/** Functions in which a call of Ecto or of a library may be refused, and those that may be given what it said: told from names alone. */
export function mayMeetRefusal(project: Project): ReadonlySet<FunctionId> {
  const earlier = known.get(project);
  if (earlier !== undefined) return earlier;
  const met = new Set<FunctionId>();
  const named = functionsCalling(project, ({ module, function: name }) => mayRefuse(module, name) || refusing.test(name));
  let level: readonly FunctionId[] = named.filter((id) => refusesItself(project.functions.get(id), project));
  for (let distance = 0; distance <= levels && level.length > 0; distance += 1) {
    for (const id of level) met.add(id);
    level = level.flatMap((id) => (project.callers.get(id) ?? []).flatMap(({ caller }) => (met.has(caller) ? [] : [caller])));
  }
  known.set(project, met);
  return met;
}

/** Whether one clause of such a function makes the call that does it. */
export function clauseMeetsRefusal(project: Project, id: FunctionId, clause: FunctionClause): boolean {
  const met = mayMeetRefusal(project);
  if (!met.has(id)) return false;
  const reaches = (project.calls.get(id) ?? []).some(({ callee, span }) => met.has(callee) && contains(clause.span, span));
  return reaches || outlineOfClause(clause).calls.some((call) => refuses(call, project));
}

function refusesItself(entry: ProjectFunction | undefined, project: Project): boolean {
  return (entry?.facts.clauses ?? []).some((clause) => outlineOfClause(clause).calls.some((call) => refuses(call, project)));
}

function refuses({ module, function: name, details }: OutlinedCall, project: Project): boolean {
  if (mayRefuse(module, name)) return true;
  if (!refusing.test(name)) return false;
  return module === null ? (details?.receiver ?? null) !== null : isRepository(project.repositoryModules, project.modules, module);
}
