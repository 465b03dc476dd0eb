import { parentPort } from "node:worker_threads";
import { encodeFacts } from "../code/codec/facts.js";
import { extractFacts, languageOf } from "../code/extract.js";
import type { SourceFile } from "../model/ports.js";
import { createParser } from "../shell/grammars/parser.js";
import type { WorkerAnswer, WorkerOrder } from "./extract-pool.js";

/** The thread's side of the pool: parses what it is given until it is asked to end. It is never terminated: the native parser would abort the process. */
const port = parentPort;
if (port !== null) {
  const parse = await createParser();
  const answer = async (sources: readonly SourceFile[]): Promise<void> => {
    await parse.load?.(sources.map(({ path }) => languageOf(path) ?? "elixir"));
    const files = sources.map(({ path, text }) => encodeFacts(extractFacts(path, text, parse)));
    const answered: WorkerAnswer = { files };
    port.postMessage(answered, [...new Set(files.flatMap((bytes) => (bytes === null ? [] : [bytes.buffer as ArrayBuffer])))]);
  };
  port.on("message", (order: WorkerOrder) => {
    if (order.kind === "end") return port.close();
    // What fails here ends the thread, and its batch is done elsewhere.
    return void answer(order.sources);
  });
}
