import type { ModuleRole } from "../../model/project.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";

/** Modules outside the web that ask the repository before a project is taken to have contexts. */
const fewestContexts = 2;
const web = new Set<ModuleRole>([
  "controller",
  "resolver",
  "live_view",
  "live_component",
  "channel",
  "view",
  "component",
  "json_view",
  "plug",
]);

/** Whether a project keeps queries outside its controllers, resolvers, views and plugs. */
export const hasContexts = perProject((project) => {
  const asking = new Set<string>();
  for (const [id, sites] of project.directEffects) {
    const module = project.functions.get(id)?.module;
    if (module === undefined || asking.has(module)) continue;
    const known = project.modules.get(module);
    if (known === undefined || web.has(known.role) || !isProduction(known.path)) continue;
    if (sites.some(({ effect }) => effect === "query" || effect === "write")) asking.add(module);
  }
  return asking.size >= fewestContexts;
});
