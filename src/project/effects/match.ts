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

/** What the vocabulary says of one module: looked up once, because most modules are not in it and have many callers. */
interface Target {
  readonly isRepository: boolean;
  readonly injected: readonly Row<Effect>[];
  readonly calls: readonly Row<Effect>[];
  readonly effects: Map<string, readonly Effect[]>;
}

export function createMatchEffects(
  vocabulary: EffectVocabulary,
  modules: ReadonlyMap<string, ProjectModule>,
  repositories: ReadonlySet<string>,
): MatchEffects {
  const matchers: Matchers = matchersOf(vocabulary);
  const targets = new Map<string, Target>();
  const targetOf = (name: string): Target => {
    const earlier = targets.get(name);
    if (earlier !== undefined) return earlier;
    const injected = [...(modules.get(name)?.uses ?? [])].flatMap(matchers.injected);
    const made = { isRepository: isRepository(repositories, modules, name), injected, calls: matchers.calls(name), effects: new Map() };
    targets.set(name, made);
    return made;
  };
  const match = ({ isRepository: repository, injected, calls }: Target, name: string): readonly Effect[] => {
    const operation = repository ? matchers.repository.get(name) : undefined;
    if (operation !== undefined) return [effectsOfOperation[operation]];
    const found = valuesOf(injected, name);
    return found.length > 0 ? found : valuesOf(calls, name);
  };
  const effectsAt = (module: string, name: string): readonly Effect[] => {
    const target = targetOf(module);
    const earlier = target.effects.get(name);
    if (earlier !== undefined) return earlier;
    const effects = match(target, name);
    target.effects.set(name, effects);
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
  const known = new Map<string, readonly Row<boolean>[]>();
  const rowsOf = (module: string): readonly Row<boolean>[] => {
    const rows = known.get(module) ?? table(module);
    known.set(module, rows);
    return rows;
  };
  return (callee) => callee.modules.some((module) => valuesOf(rowsOf(module), callee.function).length > 0);
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

interface Row<Value> {
  readonly name: string;
  readonly prefix: boolean;
  readonly value: Value;
}

/** Gives the rows for a module: those of its exact name and of its `Module.*` parents. A `*` at a function's end stands for any rest. */
type NameTable<Value> = (module: string) => readonly Row<Value>[];

function createNameTable<Value>(
  entries: readonly { readonly modules: readonly string[]; readonly functions: readonly string[]; readonly value: Value }[],
): NameTable<Value> {
  const byModule = new Map<string, Row<Value>[]>();
  for (const entry of entries) {
    for (const module of entry.modules) {
      const rows = byModule.get(module) ?? [];
      for (const name of entry.functions) rows.push({ name: name.replace(/\*$/, ""), prefix: name.endsWith("*"), value: entry.value });
      byModule.set(module, rows);
    }
  }
  return (module) => {
    const rows = [...(byModule.get(module) ?? [])];
    for (let dot = module.lastIndexOf("."); dot > 0; dot = module.lastIndexOf(".", dot - 1)) {
      rows.push(...(byModule.get(`${module.slice(0, dot)}.*`) ?? []));
    }
    return rows;
  };
}

function valuesOf<Value>(rows: readonly Row<Value>[], name: string): readonly Value[] {
  if (rows.length === 0) return nothing;
  return rows.filter((row) => (row.prefix ? name.startsWith(row.name) : row.name === name)).map((row) => row.value);
}

const nothing: readonly never[] = [];
