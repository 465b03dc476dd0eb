import { join } from "node:path";
import type { AnalysisPorts } from "../app/analyse.js";
import { rememberFacts } from "../app/facts-memory.js";
import { factsCodec } from "../code/codec/facts.js";
import { extractorVersion } from "../code/extractor-version.js";
import type { FolderMemory, ParseSource } from "../model/ports.js";
import { nextTurn, now } from "../shell/clock.js";
import { createFactsCache } from "../shell/store/facts-cache.js";
import { createExtractPool } from "./extract-pool.js";

export interface AnalysisConfig {
  readonly dataDirectory: string;
  readonly parse: ParseSource;
  readonly data: Pick<AnalysisPorts, "vocabulary" | "checklist" | "advisories">;
  readonly warn: (sentence: string) => void;
}

export interface ServingAnalysis {
  readonly ports: AnalysisPorts;
  /** Kept beside the facts, for whoever lists folders. */
  readonly folders: FolderMemory;
  readonly close: () => Promise<void>;
}

/**
 * Files whose facts stay in memory between two requests. With the code that rules have looked at, a file takes some 70 kB (firezone:
 * 1,402 files, 100 MB), so these take at most some 140 MB.
 */
const filesInMemory = 2_000;

/** What a running bot analyses with: facts of the projects asked about last stay in memory, those of others in the cache on disk. */
export function createServingAnalysis({ dataDirectory, parse, data, warn }: AnalysisConfig): ServingAnalysis {
  const cache = createFactsCache({ path: join(dataDirectory, "facts.sqlite"), extractorVersion, codec: factsCodec, warn });
  const extractAll = createExtractPool({ parse, nextTurn });
  const ports = { extractAll, factsCache: rememberFacts(cache, filesInMemory), clock: now, nextTurn, ...data };
  return { ports, folders: cache.folders, close: cache.close };
}
