import { outlineOfClause, type OutlinedCall } from "../../model/outline.js";
import type { FunctionId, Project, ProjectModule, Route } from "../../model/project.js";
import { reachOf } from "../../project/reach-of.js";
import { moduleNameOf } from "../../project/values.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";

const limiting = /hammer|plug_?attack|ex_?rated|rate_?limit|throttl|too_?many|brute_?force|lock_?out|attempts/i;
const packages = ["hammer", "plug_attack", "ex_rated", "hammer_plug", "hammer_backend_redis", "plug_limit", "paraxial"];

/** Something in the project that limits how often somebody may ask; null when nothing does. */
export const limiterOf = perProject((project): string | null => {
  const own = [...project.modules.values()].find(({ name, path }) => isProduction(path) && isLimiter(name));
  return own?.name ?? packages.find((name) => project.dependencies.has(name)) ?? null;
});

/** Whether a name says that it is about limiting how often somebody may ask. */
export function isLimiter(name: string): boolean {
  return limiting.test(name);
}

/** Calls written in a function, with those to libraries. */
export function callsIn(id: FunctionId, project: Project): readonly OutlinedCall[] {
  return (project.functions.get(id)?.facts.clauses ?? []).flatMap((clause) => outlineOfClause(clause).calls);
}

/** Whether code on the way from a function limits: a call of a limiter, or names that count attempts. */
export function limitsWithin(id: FunctionId, project: Project): boolean {
  return reachOf(id, project, 3).some(
    (reached) => isLimiter(reached) || callsIn(reached, project).some((call) => isLimiter(`${call.module ?? ""}.${call.function}`)),
  );
}

/** Whether a plug limits, by its name or by what it does. */
function isLimitingPlug(name: string, owners: readonly string[], project: Project): boolean {
  if (isLimiter(name)) return true;
  const ids = /^[A-Z]/.test(name) ? [`${name}.call/2`] : owners.map((owner) => `${owner}.${name}/2`);
  return ids.some((id) => project.functions.has(id) && limitsWithin(id, project));
}

/** Whether some plug on a route's own way limits. */
export function isRouteLimited(route: Route, project: Project): boolean {
  return route.plugs.some(({ name }) => isLimitingPlug(name, [route.router, route.module], project));
}

/** An endpoint with the router it ends in, and whether anything in front of that router limits. */
interface Entrance {
  readonly module: ProjectModule;
  readonly routers: readonly string[];
  readonly limited: boolean;
}

export const entrancesOf = perProject((project): readonly Entrance[] =>
  [...project.modules.values()]
    .filter(({ role, path }) => role === "endpoint" && isProduction(path))
    .map((module) => {
      const plugs = module.facts.body.filter((call) => call.function === "plug");
      const names = plugs.flatMap((call) => {
        const [given] = call.arguments;
        return moduleNameOf(given) ?? (given?.kind === "literal" ? given.value : []);
      });
      const routers = names.filter((name) => project.routers.some((router) => router.module === name));
      return { module, routers, limited: names.some((name) => isLimitingPlug(name, [module.name], project)) };
    }),
);

/** Whether every endpoint that leads to a router limits; false when none is known to lead there. */
export function isEntranceLimited(router: string, project: Project): boolean {
  const leading = entrancesOf(project).filter(({ routers }) => routers.includes(router));
  return leading.length > 0 && leading.every(({ limited }) => limited);
}
