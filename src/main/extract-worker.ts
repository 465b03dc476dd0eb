import { parentPort } from "node:worker_threads";
import { encodeFacts } from "../code/codec/facts.js";
import { extractFacts } from "../code/extract.js";
import { createParser } from "../shell/grammars/parser.js";
import type { WorkerAnswer, WorkerOrder } from "./extract-pool.js";

/** The thread's side of the pool: parses what it is given until it is asked to end. It is never terminated: the native parser would abort the process. */
const port = parentPort;
if (port !== null) {
  const parse = await createParser();
  port.on("message", (order: WorkerOrder) => {
    if (order.kind === "end") return port.close();
    const files = order.sources.map(({ path, text }) => encodeFacts(extractFacts(path, text, parse)));
    const answer: WorkerAnswer = { files };
    port.postMessage(answer, [...new Set(files.flatMap((bytes) => (bytes === null ? [] : [bytes.buffer as ArrayBuffer])))]);
    return;
  });
}
