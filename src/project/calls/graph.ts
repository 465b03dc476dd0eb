import type { Facts } from "../../model/facts.js";
import { outlineOfBody, outlineOfClause } from "../../model/outline.js";
import type { CallSite, ConfigurationEntry, DirectEffect, FunctionId, Project } from "../../model/project.js";
import type { EffectVocabulary } from "../../model/vocabulary.js";
import { createIsDeferring, createMatchEffects } from "../effects/match.js";
import type { ModuleIndex } from "../modules/index-modules.js";
import { createHeldModule } from "./held-module.js";
import { createImportResolver, isImporting } from "./imported.js";
import { functionId, lookUp, type FunctionIndex } from "./index-functions.js";
import { createResolver } from "./resolve.js";
import { createMeaning } from "./meaning.js";
import { scan, type ScanContext, type Scanned } from "./scan.js";

export type CallGraph = Pick<Project, "calls" | "callers" | "directEffects">;

/** The caller that stands for code written directly in a module's body (`resolve fn … end`, `plug`, `field`). */
export function bodyOfModule(module: string): FunctionId {
  return functionId(module, "__body__", 0);
}

/** Gives what is needed to read code as seen from inside a module. */
export function createContextOf(
  index: ModuleIndex,
  functions: FunctionIndex,
  vocabulary: EffectVocabulary,
  repositories: ReadonlySet<string>,
  configuration: readonly ConfigurationEntry[],
): (module: string) => ScanContext | null {
  const words = { isDeferring: createIsDeferring(vocabulary), effectsOf: createMatchEffects(vocabulary, index.modules, repositories) };
  const exists = (id: FunctionId): boolean => functions.functions.has(id);
  const heldModule = createHeldModule(index.modules, configuration, repositories);
  const made = new Map<string, ScanContext>();
  return (name) => {
    const earlier = made.get(name);
    if (earlier !== undefined) return earlier;
    const module = index.modules.get(name);
    if (module === undefined) return null;
    const resolver = isImporting(module.path)
      ? createImportResolver(module, index, functions.byName)
      : createResolver(module, index, functions.byName, heldModule);
    const context: ScanContext = { resolver, meaningOf: createMeaning(name, words), exists };
    made.set(name, context);
    return context;
  };
}

/** Reads every function, and module bodies outside tests, into one call graph. */
export function buildGraph(
  files: readonly Facts[],
  index: ModuleIndex,
  functions: FunctionIndex,
  contextOf: (module: string) => ScanContext | null,
): CallGraph {
  const calls = new Map<FunctionId, CallSite[]>();
  const callers = new Map<FunctionId, CallSite[]>();
  const directEffects = new Map<FunctionId, DirectEffect[]>();
  const add = (caller: FunctionId, scanned: Scanned): void => {
    for (const site of scanned.calls) {
      append(calls, caller, site);
      append(callers, site.callee, site);
    }
    for (const effect of scanned.effects) append(directEffects, caller, effect);
  };
  for (const entry of functions.functions.values()) {
    const context = contextOf(entry.module);
    if (context === null) continue;
    for (const clause of entry.facts.clauses) add(entry.id, scan(outlineOfClause(clause), entry.id, entry.path, context, clause));
    const delegate = entry.facts.delegatesTo;
    if (delegate === null) continue;
    const target = lookUp(functions.byName, context.resolver.expand(delegate.module), delegate.function, entry.facts.arity);
    const site = { caller: entry.id, path: entry.path, span: entry.facts.nameSpan, deferred: false };
    if (target !== null) add(entry.id, { calls: [{ ...site, callee: target.id }], effects: [] });
  }
  for (const file of files) {
    for (const module of file.modules) {
      const context = index.modules.get(module.name)?.role === "test" ? null : contextOf(module.name);
      if (context === null) continue;
      add(bodyOfModule(module.name), scan(outlineOfBody(module), bodyOfModule(module.name), file.path, context));
    }
  }
  return { calls, callers, directEffects };
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const earlier = map.get(key);
  if (earlier === undefined) map.set(key, [value]);
  else earlier.push(value);
}
