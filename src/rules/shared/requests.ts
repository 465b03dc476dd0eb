import type { FunctionId, ModuleRole, Project, ProjectFunction } from "../../model/project.js";
import { callersOf } from "../../project/callers-of.js";
import type { Clue } from "../define.js";
import { perProject } from "./per-project.js";
import { spoken } from "./written.js";

const liveCallbacks = new Set(["mount", "render", "update", "handle_event", "handle_params", "handle_info", "handle_async"]);

/** Public functions of these roles run while somebody waits for an answer. */
const answering: Readonly<Partial<Record<ModuleRole, (entry: ProjectFunction) => boolean>>> = {
  controller: (entry) => entry.facts.arity === 2,
  live_view: (entry) => liveCallbacks.has(entry.facts.name),
  live_component: (entry) => liveCallbacks.has(entry.facts.name),
  component: () => true,
  view: () => true,
  json_view: () => true,
  channel: (entry) => ["join", "handle_in"].includes(entry.facts.name),
  resolver: () => true,
  plug: (entry) => entry.facts.name === "call" || entry.facts.arity === 2,
};

/** Whether a function answers a request itself: a controller action, a LiveView callback, a view, a resolver, a plug. */
export function isEntry(project: Project, entry: ProjectFunction): boolean {
  if (entry.facts.visibility === "private" || entry.facts.kind === "macro") return false;
  const role = project.modules.get(entry.module)?.role;
  return role !== undefined && (answering[role]?.(entry) ?? false) && !isPartialLeftOver(project, entry);
}

/** `_slider.html.heex`, which other templates have to name, and none does any more. */
function isPartialLeftOver(project: Project, entry: ProjectFunction): boolean {
  return entry.facts.name.startsWith("_") && /\.[hl]?eex$/.test(entry.path) && callersOf(project, entry.id).length === 0;
}

/** Function → the caller on its shortest way from an entry; entries lead to themselves. */
const reachedFrom = perProject((project) => {
  const reached = new Map<FunctionId, FunctionId>();
  let frontier: FunctionId[] = [];
  for (const entry of project.functions.values()) {
    if (!isEntry(project, entry)) continue;
    reached.set(entry.id, entry.id);
    frontier.push(entry.id);
  }
  while (frontier.length > 0) {
    const next: FunctionId[] = [];
    for (const caller of frontier) {
      for (const { callee, deferred } of project.calls.get(caller) ?? []) {
        if (deferred || reached.has(callee)) continue;
        reached.set(callee, caller);
        next.push(callee);
      }
    }
    frontier = next;
  }
  return reached;
});

/** The calls that lead from a request to a function, entry first, the function last; null when no request reaches it. */
export function requestPath(project: Project, id: FunctionId): FunctionId[] | null {
  const path: FunctionId[] = [id];
  for (let current = id; ;) {
    const caller = reachedFrom(project).get(current);
    if (caller === undefined) return null;
    if (caller === current) return path;
    path.unshift(caller);
    current = caller;
  }
}

/** The call sites that lead from the entry to the place. */
export function sitesAlong(path: readonly FunctionId[], project: Project): Clue[] {
  return path.slice(0, -1).flatMap((caller, position) => {
    const callee = path[position + 1];
    const site = (project.calls.get(caller) ?? []).find((candidate) => candidate.callee === callee);
    return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(callee ?? "")}` }];
  });
}
