import type { Effect, ProjectModule, RepositoryOperation } from "../../model/project.js";
import type { EffectVocabulary } from "../../model/vocabulary.js";
import type { Callee } from "../calls/resolve.js";
import { isRepository } from "../repositories.js";

/** Effects of a library call written in the module `owner`, each once, from the vocabulary; empty for one it doesn't list. */
export type MatchEffects = (callee: Callee, owner: string) => readonly Effect[];

const effectsOfOperation: Readonly<Record<RepositoryOperation, Effect>> = {
  read: "query",
  preload: "query",
  raw: "query",
  write: "write",
  transaction: "transaction",
};

interface Matchers {
  readonly calls: NameTable<Effect>;
  readonly injected: NameTable<Effect>;
  readonly repository: ReadonlyMap<string, RepositoryOperation>;
}

/** What each function of a repository module does. */
export function repositoryFunctionsOf(vocabulary: EffectVocabulary): Map<string, RepositoryOperation> {
  const operations: readonly RepositoryOperation[] = ["read", "write", "transaction", "raw", "preload"];
  return new Map(operations.flatMap((operation) => vocabulary.repository[operation].map((name) => [name, operation] as const)));
}

export function createMatchEffects(
  vocabulary: EffectVocabulary,
  modules: ReadonlyMap<string, ProjectModule>,
  repositories: ReadonlySet<string>,
): MatchEffects {
  const matchers: Matchers = matchersOf(vocabulary);
  const match = (target: string, name: string): readonly Effect[] => {
    const operation = isRepository(repositories, modules, target) ? matchers.repository.get(name) : undefined;
    if (operation !== undefined) return [effectsOfOperation[operation]];
    const injected = [...(modules.get(target)?.uses ?? [])].flatMap((use) => matchers.injected.find(use, name));
    return injected.length > 0 ? injected : matchers.calls.find(target, name);
  };
  const known = new Map<string, Map<string, readonly Effect[]>>();
  const effectsAt = (target: string, name: string): readonly Effect[] => {
    const names = known.get(target) ?? new Map<string, readonly Effect[]>();
    if (names.size === 0) known.set(target, names);
    const earlier = names.get(name);
    if (earlier !== undefined) return earlier;
    const effects = match(target, name);
    names.set(name, effects);
    return effects;
  };
  return (callee, owner) => {
    const found = callee.local ? [...effectsAt(owner, callee.function)] : [];
    for (const target of callee.modules) found.push(...effectsAt(target, callee.function));
    return found.length < 2 ? found : [...new Set(found)];
  };
}

/** Whether a call runs the lambda it is given in another process without waiting. */
export function createIsDeferring(vocabulary: EffectVocabulary): (callee: Callee) => boolean {
  const table = createNameTable(vocabulary.deferring.map((entry) => ({ ...entry, value: true })));
  return (callee) => callee.modules.some((module) => table.find(module, callee.function).length > 0);
}

const remembered = new WeakMap<EffectVocabulary, Matchers>();

function matchersOf(vocabulary: EffectVocabulary): Matchers {
  const earlier = remembered.get(vocabulary);
  if (earlier !== undefined) return earlier;
  const made: Matchers = {
    calls: createNameTable(vocabulary.calls.map((entry) => ({ ...entry, value: entry.effect }))),
    injected: createNameTable(
      vocabulary.injected.map((entry) => ({ modules: [entry.use], functions: entry.functions, value: entry.effect })),
    ),
    repository: repositoryFunctionsOf(vocabulary),
  };
  remembered.set(vocabulary, made);
  return made;
}

interface NameTable<Value> {
  readonly find: (module: string, name: string) => readonly Value[];
}

/** Looks names up by exact module and `Module.*` parents, with a `*` at a function's end standing for any rest. */
function createNameTable<Value>(
  entries: readonly { readonly modules: readonly string[]; readonly functions: readonly string[]; readonly value: Value }[],
): NameTable<Value> {
  const byModule = new Map<string, { name: string; prefix: boolean; value: Value }[]>();
  for (const entry of entries) {
    for (const module of entry.modules) {
      const rows = byModule.get(module) ?? [];
      for (const name of entry.functions) rows.push({ name: name.replace(/\*$/, ""), prefix: name.endsWith("*"), value: entry.value });
      byModule.set(module, rows);
    }
  }
  const find = (module: string, name: string): Value[] => {
    const rows = [...(byModule.get(module) ?? [])];
    for (let dot = module.lastIndexOf("."); dot > 0; dot = module.lastIndexOf(".", dot - 1)) {
      rows.push(...(byModule.get(`${module.slice(0, dot)}.*`) ?? []));
    }
    return rows.length === 0
      ? []
      : rows.filter((row) => (row.prefix ? name.startsWith(row.name) : row.name === name)).map((row) => row.value);
  };
  return { find };
}
