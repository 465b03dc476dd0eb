import type { CallSite, FunctionId, Project } from "../model/project.js";
import { contains, type Span } from "../model/span.js";

/** Places that call a function of the project, directly. */
export function callersOf(project: Project, id: FunctionId): readonly CallSite[] {
  return project.callers.get(id) ?? [];
}

/** Calls to project functions made inside `span` of a function. */
export function callsWithin(project: Project, id: FunctionId, span: Span): CallSite[] {
  return (project.calls.get(id) ?? []).filter((site) => contains(span, site.span));
}
