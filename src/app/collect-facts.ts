import type { Facts } from "../model/facts.js";
import type { ExtractAll, FactsCache, FactsKey, ReportProgress } from "../model/ports.js";
import type { SourceTree, TreeEntry } from "../model/tree.js";
import { readSources, type ReadSources } from "./read-sources.js";

export interface FactsPorts {
  readonly extractAll: ExtractAll;
  readonly factsCache: FactsCache;
  /** Lets the event loop turn: syntax trees are freed only then, and an abort is heard only then. */
  readonly nextTurn: () => Promise<void>;
}

export interface FactsOptions {
  readonly report?: ReportProgress;
  readonly signal?: AbortSignal;
}

/** Files stored in one transaction. */
const filesPerStore = 200;

/** What an analysis begins with: facts of files met before, and texts of the others. */
export interface Recalled {
  readonly entries: readonly TreeEntry[];
  readonly remembered: ReadonlyMap<string, Facts>;
  readonly read: ReadSources;
}

/** Only files without remembered facts are read; all of them where the tree cannot give a text later, when a finding quotes it. */
export async function recallFacts(
  tree: SourceTree,
  entries: readonly TreeEntry[],
  { factsCache }: Pick<FactsPorts, "factsCache">,
  { report, signal }: FactsOptions,
): Promise<Recalled> {
  const remembered = await factsCache.load(entries.map(keyOf));
  const wanted = tree.readNow === undefined ? entries : entries.filter(({ path }) => !remembered.has(path));
  report?.({ step: "read", done: 0, total: wanted.length });
  return { entries, remembered, read: await readSources(tree, wanted, signal) };
}

/** Facts of every file that has any, in the order of the entries. What was parsed is stored while the rest is parsed, so an aborted run is not lost. */
export async function collectFacts(
  { entries, remembered, read }: Recalled,
  ports: FactsPorts,
  { report, signal }: FactsOptions,
): Promise<readonly Facts[]> {
  const missing = read.sources.filter(({ entry }) => !remembered.has(entry.path));
  const total = remembered.size + missing.length;
  const parsed = new Map<string, Facts>();
  const storing = createStoring(ports.factsCache);
  const files = missing.map(({ entry, text }) => ({ path: entry.path, text }));
  report?.({ step: "parse", done: remembered.size, total });
  try {
    for await (const batch of ports.extractAll(files, signal)) {
      for (const { index, facts } of batch) {
        const source = missing[index];
        if (source === undefined) continue;
        parsed.set(source.entry.path, facts);
        storing.add({ key: keyOf(source.entry), facts });
      }
      report?.({ step: "parse", done: remembered.size + parsed.size, total });
    }
  } finally {
    await storing.finish();
  }
  signal?.throwIfAborted();
  return entries.flatMap(({ path }) => remembered.get(path) ?? parsed.get(path) ?? []);
}

function keyOf({ blob, path }: TreeEntry): FactsKey {
  return { blob, path };
}

/** Hands facts to the cache in large parts without waiting for it; `finish` waits. */
function createStoring(cache: FactsCache) {
  const stores: Promise<void>[] = [];
  let gathered: { readonly key: FactsKey; readonly facts: Facts }[] = [];
  const flush = (): void => {
    if (gathered.length > 0) stores.push(cache.store(gathered));
    gathered = [];
  };
  return {
    add: (entry: { readonly key: FactsKey; readonly facts: Facts }): void => {
      gathered.push(entry);
      if (gathered.length >= filesPerStore) flush();
    },
    finish: async (): Promise<void> => {
      flush();
      await Promise.all(stores);
    },
  };
}
