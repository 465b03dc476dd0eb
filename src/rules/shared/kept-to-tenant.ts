import type { Call } from "../../model/expression.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { traceEffect } from "../../project/effects-of.js";
import { queriesIn } from "../../project/queries/queries-in.js";
import { leavesTenancy, tenancyOf } from "../../project/tenancy.js";

/** Whether what a function reads is limited to one tenant by the repository itself (`prepare_query`), so that no id of others finds anything. */
export function readsOfTenant(id: FunctionId, project: Project): boolean {
  const last = traceEffect(project, id, "query").at(-1);
  const caller = last === undefined ? undefined : project.functions.get(last.caller);
  if (last === undefined || caller === undefined) return false;
  const repository = last.call.slice(0, Math.max(0, last.call.lastIndexOf(".")));
  return isKeptToTenant(caller, last.at.span, repository, project);
}

/** The same for one call of a repository, written at `span` of a function. */
export function isKeptToTenant(caller: ProjectFunction, span: Span, repository: string, project: Project): boolean {
  const tenancy = tenancyOf(project, repository);
  if (tenancy === null) return false;
  const read = queriesIn(project, caller.id).find(({ at }) => sameSpan(at.span, span));
  if (read !== undefined) return read.tenant;
  const call = callAt(caller, span);
  return call === null || !leavesTenancy(call, tenancy);
}

function callAt({ facts }: ProjectFunction, span: Span): Call | null {
  const calls = facts.clauses.flatMap(({ body }) => (body === null ? [] : collect(body, "call")));
  return calls.find(({ segment }) => sameSpan(segment, span)) ?? null;
}

function sameSpan(one: Span, other: Span): boolean {
  return one.start === other.start && one.end === other.end;
}
