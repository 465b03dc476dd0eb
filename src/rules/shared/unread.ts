import type { CallSite, Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { callersOf } from "../../project/callers-of.js";
import type { Definition } from "./definitions.js";
import { discardedCalls, endsOf } from "./discarded.js";

const deepest = 3;

/** Whether nobody looks at what the call that starts there gives back: it is dropped at once, or handed up to callers of which most drop it. */
export function isUnread(project: Project, definition: Definition, start: number, depth = 0): boolean {
  if (discardedCalls(definition.body).some((call) => call.segment.start === start)) return true;
  if (depth === deepest || !endsOf(definition.body).some((call) => call.segment.start === start)) return false;
  const sites = callersOf(project, definition.id).filter((site) => !/(^|\/)test\//.test(site.path));
  const dropping = sites.filter((site) => site.deferred || isUnreadAt(project, site, depth + 1));
  return dropping.length > 0 && dropping.length * 2 >= sites.length;
}

/** The same, for a place in a function. */
export function isUnreadAt(project: Project, site: Pick<CallSite, "caller" | "span">, depth = 0): boolean {
  const caller = project.functions.get(site.caller);
  const clause = caller?.facts.clauses.find((candidate) => contains(candidate.span, site.span));
  if (caller === undefined || clause?.body === undefined || clause.body === null) return false;
  return isUnread(project, { id: caller.id, function: caller, clause, body: clause.body }, site.span.start, depth);
}
