import type { FunctionFacts } from "../../model/facts.js";
import type { Project, ProjectFunction, ProjectModule, Route } from "../../model/project.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";

/** A function that answers what a client sent: a routed action, a GraphQL resolver, or one of many modules of a project's own kind. */
export interface Handler {
  readonly function: ProjectFunction;
  /** The first route that leads to it; null for those no router names. */
  readonly route: Route | null;
  /** What it has in common with handlers it can be compared with. */
  readonly family: string;
}

/** Modules of one kind before their common function is taken for a family of handlers. */
const fewestOfFamily = 5;

/** Every handler of the serving code, in project order. */
export const handlersOf = perProject((project): readonly Handler[] => {
  const modules = [...project.modules.values()].filter(({ path }) => isProduction(path));
  return [
    ...modules.flatMap((module) => [...routedActions(module, project), ...resolvers(module, project)]),
    ...families(modules, project),
  ];
});

const handlersById = perProject((project) => new Map(handlersOf(project).map((handler) => [handler.function.id, handler])));

/** Whether a parameter's position of a function holds what its client sent. */
export function isInputOfHandler(entry: ProjectFunction, position: number, project: Project): boolean {
  const found = handlersById(project).get(entry.id);
  if (found === undefined || position < 0) return false;
  // A resolver is given parent, arguments and resolution, or the last two alone.
  return found.family === "resolver" ? position === entry.facts.arity - 2 : position === 1;
}

const routesByModule = perProject((project) => {
  const byModule = new Map<string, Route[]>();
  for (const route of project.routes) byModule.set(route.module, [...(byModule.get(route.module) ?? []), route]);
  return byModule;
});

function routedActions(module: ProjectModule, project: Project): Handler[] {
  if (module.role !== "controller") return [];
  const routes = routesByModule(project).get(module.name) ?? [];
  return publicFunctions(module).flatMap((facts) => {
    const route = routes.find(({ action }) => action === facts.name);
    return route === undefined || facts.arity < 2 ? [] : handler(module, facts, "controller", route, project);
  });
}

function resolvers(module: ProjectModule, project: Project): Handler[] {
  if (module.role !== "resolver") return [];
  return publicFunctions(module).flatMap((facts) =>
    facts.arity === 3 || facts.arity === 2 ? handler(module, facts, "resolver", null, project) : [],
  );
}

/** Modules that use one module of the project and have a function of one name, given the connection first. */
function families(modules: readonly ProjectModule[], project: Project): Handler[] {
  const groups = new Map<string, Handler[]>();
  for (const module of modules) {
    if (module.role !== "other") continue;
    const written = new Set(module.facts.uses.map((use) => use.module));
    const kinds = [...module.uses].filter((used) => project.modules.has(used) && written.has(used));
    for (const facts of kinds.length === 0 ? [] : publicFunctions(module)) {
      if (facts.arity < 2 || !takesConnection(facts)) continue;
      for (const used of kinds) {
        const family = `${used}.${facts.name}/${facts.arity}`;
        groups.set(family, [...(groups.get(family) ?? []), ...handler(module, facts, family, null, project)]);
      }
    }
  }
  const large = [...groups.values()].filter((group) => group.length >= fewestOfFamily).sort((one, other) => other.length - one.length);
  return [...new Map(large.flat().map((one) => [one.function.id, one])).values()];
}

function publicFunctions(module: ProjectModule): FunctionFacts[] {
  return module.facts.functions.filter(({ visibility, kind }) => visibility === "public" && kind === "function");
}

function takesConnection({ clauses }: FunctionFacts): boolean {
  const first = clauses[0]?.parameters[0];
  return first?.kind === "variable" && /^_?(conn|socket|context)$/.test(first.name);
}

function handler(module: ProjectModule, facts: FunctionFacts, family: string, route: Route | null, project: Project): Handler[] {
  const entry = project.functions.get(`${module.name}.${facts.name}/${facts.arity}`);
  return entry === undefined ? [] : [{ function: entry, route, family }];
}
