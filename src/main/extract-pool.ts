import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { decodeFacts } from "../code/codec/facts.js";
import { lazily } from "../code/codec/lazily.js";
import { extractFacts, languageOf } from "../code/extract.js";
import type { Facts } from "../model/facts.js";
import type { ExtractAll, ParseSource, SourceFile } from "../model/ports.js";

export type WorkerOrder = { readonly kind: "extract"; readonly sources: readonly SourceFile[] } | { readonly kind: "end" };

/** Encoded facts of each source in its order; null where they cannot be encoded. */
export interface WorkerAnswer {
  readonly files: readonly (Uint8Array | null)[];
}

export interface ExtractPoolConfig {
  /** For small jobs, and for what a thread could not do. */
  readonly parse: ParseSource;
  readonly nextTurn: () => Promise<void>;
  /** The built thread; without the file everything is done in this thread. */
  readonly workerFile?: string;
}

/** Characters and files a thread gets at once: enough to keep it busy, few enough to be heard when the work is called off. */
const mostCharacters = 200_000;
const mostFiles = 20;
/** A thread costs some 60 ms to start; below this many characters that is more than it saves. */
const worthThreads = 1_000_000;
const mostThreads = 2;

/** Extracts facts in this thread, or in two others when the job is large. */
export function createExtractPool(config: ExtractPoolConfig): ExtractAll {
  const workerFile = config.workerFile ?? fileURLToPath(new URL("./extract-worker.js", import.meta.url));
  return async function* (sources, signal) {
    const here = createHere(config, sources);
    const batches = batchesOf(sources);
    const characters = sources.reduce((sum, { text }) => sum + text.length, 0);
    const threads = characters < worthThreads || !existsSync(workerFile) ? 0 : Math.min(mostThreads, availableParallelism());
    if (threads < 2) yield* inline(batches, here, signal);
    else yield* parallel(batches, workerFile, threads, here, signal);
  };
}

/** What is done in this thread. */
interface Here {
  readonly extract: (batch: Batch) => Promise<Extracted>;
  readonly extractOne: (source: SourceFile) => Promise<Facts>;
  readonly nextTurn: () => Promise<void>;
}

/** The grammars are loaded with the first file: where threads do everything, this one needs none. */
function createHere({ parse, nextTurn }: ExtractPoolConfig, sources: readonly SourceFile[]): Here {
  const ready = lazily(async () => parse.load?.(sources.map(({ path }) => languageOf(path) ?? "elixir")));
  const extractOne = async ({ path, text }: SourceFile): Promise<Facts> => {
    await ready();
    return extractFacts(path, text, parse);
  };
  const extract = async ({ first, sources }: Batch): Promise<Extracted> => {
    await ready();
    return sources.map(({ path, text }, at) => ({ index: first + at, facts: extractFacts(path, text, parse) }));
  };
  return { extract, extractOne, nextTurn };
}

interface Batch {
  readonly first: number;
  readonly sources: readonly SourceFile[];
}

function batchesOf(sources: readonly SourceFile[]): Batch[] {
  const batches: Batch[] = [];
  let first = 0;
  let characters = 0;
  for (const [at, { text }] of sources.entries()) {
    characters += text.length;
    const isLast = at === sources.length - 1;
    if (characters < mostCharacters && at - first + 1 < mostFiles && !isLast) continue;
    batches.push({ first, sources: sources.slice(first, at + 1) });
    first = at + 1;
    characters = 0;
  }
  return batches;
}

type Extracted = readonly { readonly index: number; readonly facts: Facts }[];

async function* inline(batches: readonly Batch[], { extract, nextTurn }: Here, signal?: AbortSignal): AsyncGenerator<Extracted> {
  for (const batch of batches) {
    signal?.throwIfAborted();
    yield await extract(batch);
    await nextTurn();
  }
}

/** Each thread has one batch at a time; results come in the order they are done. A batch whose thread fails is done here. */
async function* parallel(
  batches: readonly Batch[],
  workerFile: string,
  threads: number,
  here: Here,
  signal?: AbortSignal,
): AsyncGenerator<Extracted> {
  const waiting = [...batches];
  const running = new Map<number, Promise<Done>>();
  const workers = Array.from({ length: threads }, () => startWorker(workerFile));
  const start = (thread: number): void => {
    const batch = waiting.shift();
    const worker = workers[thread];
    if (batch === undefined || worker === undefined) return;
    running.set(
      thread,
      worker.extract(batch.sources).then((files) => ({ thread, batch, files })),
    );
  };
  try {
    workers.forEach((_, thread) => start(thread));
    while (running.size > 0) {
      const { thread, batch, files } = await Promise.race(running.values());
      running.delete(thread);
      signal?.throwIfAborted();
      if (files !== null) start(thread);
      yield await read(batch, files, here);
    }
    yield* inline(waiting, here, signal);
  } finally {
    for (const worker of workers) worker.end();
  }
}

interface Done {
  readonly thread: number;
  readonly batch: Batch;
  /** Null when the thread failed. */
  readonly files: WorkerAnswer["files"] | null;
}

async function read(batch: Batch, files: WorkerAnswer["files"] | null, here: Here): Promise<Extracted> {
  if (files === null) return here.extract(batch);
  return Promise.all(
    batch.sources.map(async (source, at) => {
      const bytes = files[at] ?? null;
      return { index: batch.first + at, facts: bytes === null ? await here.extractOne(source) : decodeFacts(bytes) };
    }),
  );
}

interface ExtractWorker {
  /** Null once the thread has failed. */
  readonly extract: (sources: readonly SourceFile[]) => Promise<WorkerAnswer["files"] | null>;
  /** Lets the thread end by itself when its batch is done; the process does not wait for it. */
  readonly end: () => void;
}

function startWorker(file: string): ExtractWorker {
  const worker = new Worker(file);
  let answer: (files: WorkerAnswer["files"] | null) => void = () => undefined;
  let failed = false;
  const fail = (): void => {
    failed = true;
    answer(null);
  };
  worker.on("message", ({ files }: WorkerAnswer) => answer(files));
  worker.on("error", fail);
  worker.on("exit", fail);
  return {
    extract: (sources) =>
      new Promise((resolve) => {
        if (failed) return resolve(null);
        answer = resolve;
        const order: WorkerOrder = { kind: "extract", sources };
        worker.postMessage(order);
      }),
    end: () => {
      const order: WorkerOrder = { kind: "end" };
      worker.postMessage(order);
      worker.unref();
    },
  };
}
