import type { FunctionFacts } from "../../model/facts.js";
import type { FunctionId, ProjectFunction } from "../../model/project.js";
import { injectedFunctions } from "../modules/injected-functions.js";
import type { ModuleIndex } from "../modules/index-modules.js";
import type { TemplateFunction } from "./templates.js";

/** Module → name → functions: two look-ups cost less than making a key for every call. */
export type FunctionsByName = ReadonlyMap<string, ReadonlyMap<string, readonly ProjectFunction[]>>;

/** Functions by id, and by module and name for looking up an arity that leaves defaults out. */
export interface FunctionIndex {
  readonly functions: ReadonlyMap<FunctionId, ProjectFunction>;
  readonly byName: FunctionsByName;
}

export function functionId(module: string, name: string, arity: number): FunctionId {
  return `${module}.${name}/${arity}`;
}

/** Every function of every module, templates included (a template is a function of its view with one parameter), and what `use` defines in it. */
export function indexFunctions({ modules, injections }: ModuleIndex, templates: readonly TemplateFunction[]): FunctionIndex {
  const functions = new Map<FunctionId, ProjectFunction>();
  const byName = new Map<string, Map<string, ProjectFunction[]>>();
  const add = (module: string, path: string, facts: FunctionFacts, injected = false): void => {
    const id = functionId(module, facts.name, facts.arity);
    if (functions.has(id)) return;
    const entry: ProjectFunction = { id, module, path, facts, ...(injected ? { injected } : {}) };
    functions.set(id, entry);
    const names = byName.get(module) ?? new Map<string, ProjectFunction[]>();
    if (names.size === 0) byName.set(module, names);
    const siblings = names.get(facts.name);
    if (siblings === undefined) names.set(facts.name, [entry]);
    else siblings.push(entry);
  };
  for (const module of modules.values()) for (const facts of module.facts.functions) add(module.name, module.path, facts);
  for (const template of templates) add(template.module, template.path, template.facts);
  for (const [module, { calls }] of injections) {
    for (const { path, facts } of injectedFunctions(calls)) add(module, path, facts, true);
  }
  return { functions, byName };
}

/** The function that a call with `arity` arguments reaches, default arguments considered; null when the module has none. */
export function lookUp(byName: FunctionsByName, module: string, name: string, arity: number): ProjectFunction | null {
  const candidates = byName.get(module)?.get(name);
  if (candidates === undefined) return null;
  return (
    candidates.find((candidate) => candidate.facts.arity === arity) ??
    candidates.find((candidate) => candidate.facts.arity >= arity && candidate.facts.arity - candidate.facts.defaults <= arity) ??
    null
  );
}
