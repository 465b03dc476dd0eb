import type { Facts } from "../model/facts.js";
import type { ExtractAll, FactsCache, FactsKey, ReportProgress } from "../model/ports.js";
import type { SourceText } from "./read-sources.js";

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

/** Facts of every source, from the cache where it has them. What was parsed is stored while the rest is parsed, so an aborted run is not lost. */
export async function collectFacts(
  sources: readonly SourceText[],
  ports: FactsPorts,
  { report, signal }: FactsOptions,
): Promise<{ readonly facts: readonly Facts[]; readonly cachedFiles: number }> {
  const remembered = await ports.factsCache.load(sources.map(({ entry }) => keyOf(entry)));
  const missing = sources.filter(({ entry }) => !remembered.has(entry.path));
  const parsed = new Map<string, Facts>();
  const storing = createStoring(ports.factsCache);
  const files = missing.map(({ entry, text }) => ({ path: entry.path, text }));
  report?.({ step: "parse", done: remembered.size, total: sources.length });
  try {
    for await (const batch of ports.extractAll(files, signal)) {
      for (const { index, facts } of batch) {
        const source = missing[index];
        if (source === undefined) continue;
        parsed.set(source.entry.path, facts);
        storing.add({ key: keyOf(source.entry), facts });
      }
      report?.({ step: "parse", done: remembered.size + parsed.size, total: sources.length });
    }
  } finally {
    await storing.finish();
  }
  signal?.throwIfAborted();
  const facts = sources.flatMap(({ entry }) => remembered.get(entry.path) ?? parsed.get(entry.path) ?? []);
  return { facts, cachedFiles: remembered.size };
}

function keyOf({ blob, path }: SourceText["entry"]): FactsKey {
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
