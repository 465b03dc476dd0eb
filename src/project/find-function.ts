import type { Project, ProjectFunction } from "../model/project.js";

const mostDefaults = 6;

/** The function that a call `module.name` with `arity` arguments reaches, default arguments considered; null when there is none. */
export function findFunction(project: Project, module: string, name: string, arity: number): ProjectFunction | null {
  if (!project.modules.has(module)) return null; // a library's, as most calls are
  const exact = project.functions.get(`${module}.${name}/${String(arity)}`);
  if (exact !== undefined) return exact;
  for (let more = arity + 1; more <= arity + mostDefaults; more += 1) {
    const found = project.functions.get(`${module}.${name}/${String(more)}`);
    if (found !== undefined && more - found.facts.defaults <= arity) return found;
  }
  return null;
}
