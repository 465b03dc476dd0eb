import type { Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { walk } from "../../model/walk.js";
import { callersOf } from "../../project/callers-of.js";
import type { Definition } from "./definitions.js";

const deepest = 2;
const locking = /(^|_)(lock|locked|mutex|serializable|synchronized)(_|$)|advisory|FOR (NO KEY )?UPDATE|^trans$/i;

/** Whether two runs of this code cannot interleave: a lock is taken in it or by all who call it, or one process does it all. */
export function isSerialised(definition: Definition, project: Project): boolean {
  return isAlone(project, definition.function.module) || takesLock(definition.body) || calledUnderLock(project, definition.id, 0);
}

function isAlone(project: Project, module: string): boolean {
  return project.modules.get(module)?.role === "server";
}

function calledUnderLock(project: Project, id: string, depth: number): boolean {
  const sites = callersOf(project, id).filter((site) => !/(^|\/)test\//.test(site.path));
  if (sites.length === 0 || depth > deepest) return false;
  return sites.every((site) => {
    const caller = project.functions.get(site.caller);
    if (caller === undefined) return false;
    const locks = caller.facts.clauses.some(({ body }) => body !== null && takesLock(body));
    return locks || isAlone(project, caller.module) || calledUnderLock(project, caller.id, depth + 1);
  });
}

/** `lock: "FOR UPDATE"`, `|> lock(…)`, `pg_advisory_xact_lock`, `:global.trans`, or a helper named after one. */
function takesLock(body: Expression): boolean {
  let found = false;
  walk(body, (expression) => {
    if (expression.kind === "call") found ||= locking.test(expression.function) || /Mutex|Redlock|Highlander/.test(expression.module ?? "");
    if (expression.kind === "keyword") found ||= expression.entries.some(({ key }) => locking.test(key));
    if (expression.kind === "literal" && expression.type !== "atom") found ||= /advisory|FOR UPDATE|SERIALIZABLE/i.test(expression.value);
    return !found;
  });
  return found;
}
