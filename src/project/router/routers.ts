import type { Expression } from "../../model/expression.js";
import type { Plug, Project, ProjectModule, Route, Router } from "../../model/project.js";
import type { Resolver } from "../calls/resolve.js";
import type { Injection } from "../modules/injections.js";
import type { DraftRoute } from "./draft.js";
import { createExpandMacro, type MacroModule } from "./macros.js";
import { appliesTo, readPlug, type ReadPlug } from "./plugs.js";
import { routesOf } from "./routes.js";
import { joinPath, outermost, type RouterContext } from "./scope.js";

export interface RouterSources {
  readonly modules: ReadonlyMap<string, ProjectModule>;
  readonly injections: ReadonlyMap<string, Injection>;
  readonly resolverOf: (module: string) => Resolver | null;
}

/** Every router of the project with its pipelines, and every route with all plugs on its way; forwarded routers are read where they are mounted. */
export function readRouters(sources: RouterSources): Pick<Project, "routers" | "routes"> {
  const routers: Router[] = [];
  const drafts = new Map<string, readonly DraftRoute[]>();
  for (const module of sources.modules.values()) {
    if (module.role !== "router") continue;
    const context = contextFor(module, sources);
    const injected = sources.injections.get(module.name)?.calls ?? [];
    const before = injected.flatMap(({ call, path }) => routesOf([call], outermost(path), context));
    drafts.set(module.name, [...before, ...routesOf(module.facts.body, outermost(module.path), context)]);
    routers.push({ module: module.name, path: module.path, pipelines: context.pipelines });
  }
  return { routers, routes: mounted(routers, drafts, sources) };
}

function contextFor(module: ProjectModule, sources: RouterSources): RouterContext {
  const expand = sources.resolverOf(module.name)?.expand ?? ((name: string) => name);
  const imported = [...module.imports, ...module.uses].flatMap((name) => macroModule(sources.modules.get(expand(name))));
  const expandMacro = createExpandMacro([{ path: module.path, facts: module.facts }, ...imported]);
  return { module: module.name, pipelines: new Map(), expand, isModule: (name) => sources.modules.has(name), expandMacro };
}

function macroModule(module: ProjectModule | undefined): MacroModule[] {
  return module === undefined ? [] : [{ path: module.path, facts: module.facts }];
}

/** Puts plugs together. A route that forwards to a router of the project also stands in front of each of that router's routes. */
function mounted(routers: readonly Router[], drafts: ReadonlyMap<string, readonly DraftRoute[]>, sources: RouterSources): Route[] {
  const byName = new Map(routers.map((router) => [router.module, router]));
  const plugsFor = createPlugsFor(sources);
  const own = (draft: DraftRoute): Plug[] => pipelinePlugs(draft.pipelines, byName.get(draft.router));
  const complete = (draft: DraftRoute, before: readonly Plug[]): Route => ({
    ...draft,
    plugs: [
      ...before,
      ...plugsFor(draft.router, null),
      ...own(draft),
      ...(draft.module === draft.router ? [] : plugsFor(draft.module, draft.action)),
    ],
  });
  const forwards = [...drafts.values()].flat().filter((draft) => draft.verb === "forward" && drafts.has(draft.module));
  return [...drafts].flatMap(([name, routes]) => {
    const mounts = forwards.filter((forward) => forward.module === name && forward.router !== name);
    if (mounts.length === 0) return routes.map((draft) => complete(draft, []));
    return mounts.flatMap((mount) =>
      routes.map((draft) =>
        complete({ ...draft, path: joinPath(mount.path, draft.path), unreadMacros: [...mount.unreadMacros, ...draft.unreadMacros] }, [
          ...plugsFor(mount.router, null),
          ...own(mount),
        ]),
      ),
    );
  });
}

function pipelinePlugs(names: readonly string[], router: Router | undefined): Plug[] {
  return names.flatMap((name) => {
    const plugs = router?.pipelines.get(name);
    if (plugs !== undefined) return [...plugs];
    return router === undefined ? [] : [{ name, options: null, path: router.path, span: { start: 0, end: 0 } }];
  });
}

/** The plugs of a controller, LiveView or router itself that run for an action, those brought by `use` included. */
function createPlugsFor({ modules, injections, resolverOf }: RouterSources): (module: string, action: string | null) => Plug[] {
  const read = new Map<string, readonly ReadPlug[]>();
  const plugsOf = (module: ProjectModule): readonly ReadPlug[] => {
    const earlier = read.get(module.name);
    if (earlier !== undefined) return earlier;
    const expand = resolverOf(module.name)?.expand ?? ((name: string) => name);
    const injected = (injections.get(module.name)?.calls ?? []).flatMap(({ call, path }) => readPlug(call, path, expand) ?? []);
    const own = module.facts.body.flatMap((call) => readPlug(call, module.path, expand) ?? []);
    const plugs = [...injected, ...own];
    read.set(module.name, plugs);
    return plugs;
  };
  return (name, action) => {
    const module = modules.get(name);
    if (module === undefined) return [];
    const guarded = (guard: Expression | null): boolean => appliesTo(guard, action, module.facts);
    return plugsOf(module).flatMap(({ plug, guard }) => (guarded(guard) ? [plug] : []));
  };
}
