import type { FunctionId, Project, Route } from "../../model/project.js";
import { findFunction } from "../../project/find-function.js";
import { perProject } from "./per-project.js";

/** Something that runs for many routes before their own action: a plug or a hook of LiveViews. */
export interface EveryRequest {
  readonly id: FunctionId;
  readonly routes: number;
}

/** Fewer routes are a page, not every request. */
const fewestRoutes = 10;

/** Plugs of pipelines and `on_mount` hooks that stand in front of many routes. */
export const everyRequest = perProject((project): readonly EveryRequest[] => {
  const routes = new Map<FunctionId, Set<Route>>();
  for (const route of project.routes) {
    const found = [...route.plugs.flatMap(({ name }) => plugFunction(name, route, project)), ...hooks(route, project)];
    for (const id of found) routes.set(id, (routes.get(id) ?? new Set()).add(route));
  }
  return [...routes].flatMap(([id, served]) => (served.size < fewestRoutes ? [] : [{ id, routes: served.size }]));
});

function plugFunction(name: string, route: Route, project: Project): FunctionId[] {
  if (project.modules.has(name)) return idOf(name, "call", 2, project);
  const imported = [...(project.modules.get(route.router)?.imports ?? [])];
  for (const module of [route.router, ...imported]) {
    const found = idOf(module, name, 2, project);
    if (found.length > 0) return found;
  }
  return [];
}

function hooks(route: Route, project: Project): FunctionId[] {
  return (route.liveSession?.onMount ?? []).flatMap((module) => idOf(module, "on_mount", 4, project));
}

function idOf(module: string, name: string, arity: number, project: Project): FunctionId[] {
  const found = findFunction(project, module, name, arity);
  return found === null ? [] : [found.id];
}
