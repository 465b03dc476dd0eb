import type { Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Project, ProjectFunction, ProjectModule } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { countEffect } from "../../project/effects-of.js";
import { stringOf } from "../../project/values.js";
import { isPermissionCheck, namesRequester, permissionCheck } from "./permission.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";
import { recordsOfClause, type RecordByRequest } from "./request-records.js";

/** A clause of a LiveView that reaches a record by an id its client chose, and what it does about who is asking. */
export interface LiveRecord {
  readonly entry: ProjectFunction;
  readonly clause: FunctionClause;
  /** Opens a page with an id in its address, or changes something on an event. */
  readonly kind: "page" | "event";
  /** The event's name where it is written out. */
  readonly event: string | null;
  readonly record: RecordByRequest;
  /** The check it makes, or that it gives what the page is about to the look-up; null for neither. */
  readonly asks: string | null;
  /** It speaks of who is asking, if not of whether they may. */
  readonly knowsRequester: boolean;
}

/** Every such clause of the project's LiveViews and their components. */
export const liveRecords = perProject((project): readonly LiveRecord[] =>
  [...project.modules.values()]
    .filter(({ role, path }) => (role === "live_view" || role === "live_component") && isProduction(path))
    .flatMap((module) => recordsOfModule(module, project)),
);

/** Callbacks by the position of what the client fills. */
const callbacks: Readonly<Record<string, { readonly kind: LiveRecord["kind"]; readonly position: number; readonly arity: number }>> = {
  mount: { kind: "page", position: 0, arity: 3 },
  handle_params: { kind: "page", position: 0, arity: 3 },
  handle_event: { kind: "event", position: 1, arity: 3 },
};

function recordsOfModule({ name, facts }: ProjectModule, project: Project): LiveRecord[] {
  return facts.functions.flatMap((written) => {
    const callback = callbacks[written.name];
    const entry = project.functions.get(`${name}.${written.name}/3`);
    if (callback === undefined || written.arity !== callback.arity || entry === undefined) return [];
    return written.clauses.flatMap((clause) => ofClause(clause, callback.kind, callback.position, entry, project) ?? []);
  });
}

function ofClause(
  clause: FunctionClause,
  kind: LiveRecord["kind"],
  position: number,
  entry: ProjectFunction,
  project: Project,
): LiveRecord | null {
  if (kind === "event" && countEffect(project, entry.id, clause.span, "write") === 0) return null;
  const [record] = recordsOfClause(clause, clause.parameters.slice(position, position + 1), entry, project);
  if (record === undefined || clause.body === null) return null;
  const event = kind === "event" ? stringOf(clause.parameters[0]) : null;
  const knowsRequester = [...clause.parameters, clause.body].some(namesRequester);
  return { ...{ entry, clause, kind, event, record, knowsRequester }, asks: asksIn(clause, record, entry, project) };
}

/** A check by name in the clause or in what it calls; else whether the look-up is given something the page already holds. */
function asksIn(clause: FunctionClause, record: RecordByRequest, entry: ProjectFunction, project: Project): string | null {
  const own = outlineOfClause(clause).calls.find(isPermissionCheck);
  if (own !== undefined) return own.function;
  for (const { callee, span } of project.calls.get(entry.id) ?? []) {
    const check = contains(clause.span, span) ? permissionCheck(callee, project) : null;
    if (check !== null) return check.name;
  }
  return record.scoped || record.call.arguments.some(holdsAssigns) ? record.said : null;
}

function holdsAssigns(argument: Expression): boolean {
  return collect(argument, "access").some(({ field }) => field === "assigns");
}
