import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import { outlineOfClause } from "../../model/outline.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import { functionsCalling } from "../../project/calls/callees.js";
import { findFunction } from "../../project/find-function.js";
import { isRepository } from "../../project/repositories.js";
import { repositoryCall } from "../../project/repository-call.js";
import { endsOf } from "./discarded.js";
import { perProject } from "./per-project.js";

/** A call that can come back as `{:error, …}`: `what` names the library call that does. */
export interface Fallible {
  readonly what: string;
  readonly kind: "write" | "transaction" | "file";
  /** The project function that passes the error on; null when the call itself is the library's. */
  readonly through: FunctionId | null;
}

const fileWrites = new Set(["write", "cp", "cp_r", "rename", "copy"]);

/** Writing down what happened: whoever calls it goes on without it. */
const keepsRecords =
  /log|audit|track|telemetry|metric|analytics|history|activit|touch|last_seen|heartbeat|bump|increment|cache|broadcast|notif/i;

/** Why a call may fail with an error tuple, or null when it can't be told that it may. `body` is the code around it. */
export function fallibleCall(call: Call, module: string, body: Expression, project: Project): Fallible | null {
  const direct = directly(call, module, body, project);
  if (direct !== null) return { ...direct, through: null };
  const target = findFunction(project, call.module ?? module, call.function, call.arguments.length);
  if (target === null || call.subject !== null) return null;
  const passed = passesOn(project, target);
  return passed === null ? null : { ...passed, through: target.id };
}

function directly(call: Call, module: string, body: Expression, project: Project): Omit<Fallible, "through"> | null {
  if (call.module === "File" && fileWrites.has(call.function))
    return { what: `File.${call.function}/${call.arguments.length}`, kind: "file" };
  const repository = repositoryCall(project, call);
  if (repository === null || repository.repository === null || call.function.endsWith("!")) return null;
  const what = `${repository.repository}.${call.function}/${call.arguments.length}`;
  const given = call.arguments[0] ?? null;
  if (/^(insert|update|delete|insert_or_update)$/.test(call.function))
    return mayBeInvalid(given, module, body, project) ? { what, kind: "write" } : null;
  if (/^(transaction|transact)$/.test(call.function)) return mayRollBack(given) ? { what, kind: "transaction" } : null;
  return null;
}

const plainChanges = /^(change|put_change|force_change|delete_change|put_embed|optimistic_lock)$/;
const readers = /^(build_assoc|struct!?|get!?|get_by!?|one!?|reload!?)$/;

/** A bare struct and a plain `change/2` carry no validation and no named constraint: writing them succeeds or raises. */
function mayBeInvalid(given: Expression | null, module: string, body: Expression, project: Project, depth = 0): boolean {
  if (given === null || given.kind === "map" || depth > 4) return false;
  if (given.kind === "variable") {
    const bound = bindingOf(given.name, given.span.start, body);
    return bound !== null && mayBeInvalid(bound, module, body, project, depth + 1);
  }
  if (given.kind === "branch") return given.clauses.some((clause) => mayBeInvalid(clause.body, module, body, project, depth + 1));
  if (given.kind !== "call" || readers.test(given.function)) return false;
  const [first] = given.arguments;
  if (plainChanges.test(given.function)) return first?.kind === "call" && mayBeInvalid(first, module, body, project, depth + 1);
  const target = given.subject === null ? findFunction(project, given.module ?? module, given.function, given.arguments.length) : null;
  if (target === null) return true;
  return target.facts.clauses.some(
    (clause) =>
      clause.body !== null && endsOf(clause.body).some((end) => mayBeInvalid(end, target.module, clause.body ?? end, project, depth + 1)),
  );
}

function bindingOf(name: string, before: number, body: Expression): Expression | null {
  let bound: Expression | null = null;
  walk(body, (expression) => {
    if (expression.kind !== "match" || expression.span.start >= before) return;
    if (expression.pattern.kind === "variable" && expression.pattern.name === name) bound = expression.value;
  });
  return bound;
}

/** A Multi may fail at any step; a function only when it rolls back, or hands its result to `transact`. */
function mayRollBack(given: Expression | null): boolean {
  if (given === null) return false;
  if (given.kind !== "lambda") return given.kind !== "capture";
  return collect(given, "call").some((call) => call.function === "rollback");
}

const mayFail = new Set(["insert", "update", "delete", "insert_or_update", "transaction", "transact"]);

/** Functions with a call that `directly` may take for one that fails, and all that lead to them: the others need not be read. */
export const mayMeetFailure = perProject((project): ReadonlySet<FunctionId> => {
  const met = new Set<FunctionId>();
  const named = functionsCalling(project, ({ module, function: name }) => module === "File" || mayFail.has(name));
  const pending = named.filter((id) => project.functions.get(id)?.facts.clauses.some((clause) => mayFailIn(clause, project)));
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (met.has(id)) continue;
    met.add(id);
    for (const { caller } of project.callers.get(id) ?? []) pending.push(caller);
  }
  return met;
});

function mayFailIn(clause: FunctionClause, project: Project): boolean {
  return outlineOfClause(clause).calls.some(({ module, function: name, details }) => {
    if (module === "File") return fileWrites.has(name);
    if (!mayFail.has(name)) return false;
    return module === null ? (details?.receiver ?? null) !== null : isRepository(project.repositoryModules, project.modules, module);
  });
}

const passing = perProject(() => new Map<FunctionId, Omit<Fallible, "through"> | null>());

/** What a function's last expression can hand back as an error: a write of its own, or of a function it ends in. */
function passesOn(project: Project, target: ProjectFunction): Omit<Fallible, "through"> | null {
  if (!mayMeetFailure(project).has(target.id)) return null;
  const known = passing(project);
  const earlier = known.get(target.id);
  if (earlier !== undefined) return earlier;
  known.set(target.id, null);
  if (keepsRecords.test(target.id)) return null;
  for (const clause of target.facts.clauses) {
    if (clause.body === null || target.facts.name.endsWith("!")) continue;
    for (const call of endsOf(clause.body)) {
      const found = directly(call, target.module, clause.body, project) ?? ownTarget(project, target.module, call);
      if (found === null) continue;
      known.set(target.id, found);
      return found;
    }
  }
  return null;
}

function ownTarget(project: Project, module: string, call: Call): Omit<Fallible, "through"> | null {
  const next = call.subject === null ? findFunction(project, call.module ?? module, call.function, call.arguments.length) : null;
  return next === null ? null : passesOn(project, next);
}
