import type { Project, ProjectFunction } from "../model/project.js";

/** The function that a call `module.name` with `arity` arguments reaches, default arguments considered; null when there is none. */
export function findFunction(project: Project, module: string, name: string, arity: number): ProjectFunction | null {
  const exact = project.functions.get(`${module}.${name}/${String(arity)}`);
  if (exact !== undefined) return exact;
  const entries = project.modules.get(module)?.facts.functions ?? [];
  const found = entries.find((facts) => facts.name === name && facts.arity >= arity && facts.arity - facts.defaults <= arity);
  return found === undefined ? null : (project.functions.get(`${module}.${name}/${String(found.arity)}`) ?? null);
}
