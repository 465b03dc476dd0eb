import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { gitEnvironment, readingArguments } from "./environment.js";

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Reads blobs by full id, in any number and order; null for one that is not there. */
export interface ObjectReader {
  readonly read: (id: string) => Promise<Uint8Array | null>;
}

interface Waiting {
  readonly id: string;
  readonly retried: boolean;
  readonly resolve: (bytes: Uint8Array | null) => void;
}

/**
 * One `git cat-file --batch` child for a git directory: started at the first read, answering in order, ended after `idleMs` without work.
 * It never keeps the process alive. When git dies in the middle, the object it died on is tried once more and then given up as null.
 */
export function createObjectReader(directory: string, idleMs = 5_000): ObjectReader {
  let child: Child | null = null;
  let waiting: Waiting[] = [];
  let idle: NodeJS.Timeout | null = null;

  const start = (): Child => {
    const started = spawn("git", [...readingArguments, "cat-file", "--batch"], {
      cwd: directory,
      env: gitEnvironment("objects"),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const parser = createBatchParser((bytes) => {
      waiting.shift()?.resolve(bytes);
      if (waiting.length === 0) rest();
    });
    started.stdout.on("data", parser);
    started.stdin.on("error", () => undefined);
    started.on("error", () => ended(started));
    started.on("close", () => ended(started));
    return started;
  };

  const ended = (gone: Child) => {
    if (child !== gone) return;
    child = null;
    const [first, ...others] = waiting;
    waiting = [];
    if (first === undefined) return;
    if (first.retried) first.resolve(null);
    else ask({ ...first, retried: true });
    for (const other of others) ask(other);
  };

  const ask = (entry: Waiting) => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    child ??= start();
    keepAlive(child, true);
    waiting.push(entry);
    child.stdin.write(`${entry.id}\n`);
  };

  const rest = () => {
    if (child === null) return;
    const resting = child;
    keepAlive(resting, false);
    idle = setTimeout(() => {
      if (child === resting) child = null;
      resting.stdin.end();
    }, idleMs);
    idle.unref();
  };

  return {
    read: (id) => new Promise((resolve) => (/^[0-9a-f]{40,64}$/.test(id) ? ask({ id, retried: false, resolve }) : resolve(null))),
  };
}

/** A resting child must not hold the process open, a working one must. */
function keepAlive(child: Child, working: boolean): void {
  const sockets = [child.stdin, child.stdout] as unknown as { ref?: () => void; unref?: () => void }[];
  for (const handle of [child, ...sockets]) {
    if (working) handle.ref?.();
    else handle.unref?.();
  }
}

/** Cuts the batch stream into answers: `<id> <type> <size>\n<bytes>\n`, or `<id> missing\n`. */
export function createBatchParser(answer: (bytes: Uint8Array | null) => void): (chunk: Buffer) => void {
  let header = "";
  let body: Buffer | null = null;
  let filled = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (body === null) {
        const end = chunk.indexOf(10, at);
        header += chunk.toString("latin1", at, end === -1 ? chunk.length : end);
        if (end === -1) return;
        at = end + 1;
        const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(header)?.[1];
        header = "";
        if (size === undefined) answer(null);
        // One byte more: the line feed after the object.
        else body = Buffer.allocUnsafe(Number(size) + 1);
        filled = 0;
      } else {
        const taken = chunk.copy(body, filled, at);
        at += taken;
        filled += taken;
        if (filled < body.length) continue;
        const whole = body.subarray(0, -1);
        body = null;
        answer(whole);
      }
    }
  };
}
