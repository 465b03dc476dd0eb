import { extractFacts } from "../code/extract.js";
import type { Facts } from "../model/facts.js";
import type { FactsCache, ParseSource, ReportProgress } from "../model/ports.js";
import type { SourceText } from "./read-sources.js";

export interface FactsPorts {
  readonly parse: ParseSource;
  readonly factsCache: FactsCache;
  /** Lets the event loop turn: syntax trees are freed only then, and an abort is heard only then. */
  readonly nextTurn: () => Promise<void>;
}

export interface FactsOptions {
  readonly report?: ReportProgress;
  readonly signal?: AbortSignal;
}

const filesPerTurn = 20;

/** Facts of every source, from the cache where it has them. What was parsed is stored turn by turn, so an aborted run is not lost. */
export async function collectFacts(
  sources: readonly SourceText[],
  ports: FactsPorts,
  { report, signal }: FactsOptions,
): Promise<{ readonly facts: readonly Facts[]; readonly cachedFiles: number }> {
  const keys = sources.map(({ entry }) => ({ blob: entry.blob, path: entry.path }));
  const remembered = await ports.factsCache.load(keys);
  const missing = sources.filter(({ entry }) => !remembered.has(entry.path));
  const parsed = new Map<string, Facts>();
  for (let at = 0; at < missing.length; at += filesPerTurn) {
    signal?.throwIfAborted();
    report?.({ step: "parse", done: remembered.size + at, total: sources.length });
    const turn = missing.slice(at, at + filesPerTurn).map(({ entry, text }) => ({
      key: { blob: entry.blob, path: entry.path },
      facts: extractFacts(entry.path, text, ports.parse),
    }));
    for (const { key, facts } of turn) parsed.set(key.path, facts);
    await ports.factsCache.store(turn);
    await ports.nextTurn();
  }
  signal?.throwIfAborted();
  const facts = sources.flatMap(({ entry }) => remembered.get(entry.path) ?? parsed.get(entry.path) ?? []);
  return { facts, cachedFiles: remembered.size };
}
