import type { Effect, ProjectModule, RepositoryOperation } from "../../model/project.js";
import type { EffectVocabulary } from "../../model/vocabulary.js";
import type { Callee } from "../calls/resolve.js";
import { isRepository } from "../repositories.js";

/** Effects of a library call, each once, from the vocabulary; empty for one it doesn't list. */
export type MatchEffects = (callee: Callee) => readonly Effect[];

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
  owner: string,
): MatchEffects {
  const matchers: Matchers = matchersOf(vocabulary);
  const known = new Map<Callee, readonly Effect[]>();
  const match = (callee: Callee): readonly Effect[] => {
    const targets = callee.local ? [owner, ...callee.modules] : callee.modules;
    return targets.flatMap((target) => {
      const operation = isRepository(repositories, modules, target) ? matchers.repository.get(callee.function) : undefined;
      if (operation !== undefined) return [effectsOfOperation[operation]];
      const injected = [...(modules.get(target)?.uses ?? [])].flatMap((use) => matchers.injected.find(use, callee.function));
      return injected.length > 0 ? injected : matchers.calls.find(target, callee.function);
    });
  };
  return (callee) => {
    const earlier = known.get(callee);
    if (earlier !== undefined) return earlier;
    const found = [...new Set(match(callee))];
    known.set(callee, found);
    return found;
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
    const parent = module.slice(0, Math.max(0, module.lastIndexOf(".")));
    const rows = [...(byModule.get(module) ?? []), ...(byModule.get(`${parent}.*`) ?? [])];
    return rows.filter((row) => (row.prefix ? name.startsWith(row.name) : row.name === name)).map((row) => row.value);
  };
  return { find };
}
