import type { Plug, Project, Route } from "../model/project.js";

/** Everything that runs before a route's action, in order: plugs by name, then the live_session's hooks (`Module.name`). */
export function pipelineOf(route: Route): readonly string[] {
  return [...route.plugs.map((plug) => plug.name), ...(route.liveSession?.onMount ?? [])];
}

/** Routes that lead to a module, or to one of its actions. */
export function routesTo(project: Project, module: string, action?: string): Route[] {
  return project.routes.filter((route) => route.module === module && (action === undefined || route.action === action));
}

/** Plugs written in the project's endpoints: they run before every router. */
export function endpointPlugs(project: Project): Plug[] {
  return [...project.modules.values()]
    .filter((module) => module.role === "endpoint")
    .flatMap((module) =>
      module.facts.body.flatMap((call): Plug[] => {
        const [name, options] = call.arguments;
        const text = name?.kind === "module" ? name.name : name?.kind === "literal" ? name.value : null;
        return call.function !== "plug" || text === null
          ? []
          : [{ path: module.path, span: call.span, name: text, options: options ?? null }];
      }),
    );
}
