import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Formatted, FormatElixir } from "../../model/ports.js";

/** Elixir's own formatter in one process that serves until it is closed. It runs nothing of the text it formats. */
export interface Formatter {
  readonly format: FormatElixir;
  readonly close: () => void;
}

type Process = ChildProcessByStdio<Writable, Readable, null>;

/** Starts Elixir when it is first asked; where there is none, every answer says so. `root` is Guard's own folder. */
export function createFormatter({ root, command = "elixir" }: { readonly root: string; readonly command?: string }): Formatter {
  const waiting: ((formatted: Formatted) => void)[] = [];
  let running: Process | null = null;
  let ended: string | null = null;
  const end = (why: string): void => {
    ended ??= why;
    for (const answer of waiting.splice(0)) answer({ kind: "unavailable", why: ended });
  };
  const start = (): Process => {
    const script = join(root, "src/shell/elixir/format.exs");
    const child = spawn(command, [script], { stdio: ["pipe", "pipe", "ignore"], env: { PATH: process.env["PATH"], LANG: "C.UTF-8" } });
    child.on("error", () => end("Elixir is not installed here"));
    child.on("close", () => end("Elixir's formatter stopped"));
    child.stdin.on("error", () => end("Elixir's formatter stopped"));
    createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(answerOf(line)));
    return child;
  };
  return {
    format: ({ text, before, settings }) =>
      new Promise((resolve) => {
        if (ended !== null) return resolve({ kind: "unavailable", why: ended });
        running ??= start();
        waiting.push(resolve);
        running.stdin.write(`${[text, before, settings].map(encoded).join(" ")}\n`);
      }),
    close: () => {
      end("Elixir's formatter was closed");
      running?.stdin.end();
    },
  };
}

function encoded(text: string | null): string {
  return text === null || text === "" ? "-" : Buffer.from(text, "utf8").toString("base64");
}

function answerOf(line: string): Formatted {
  const [kind, words = ""] = line.split(" ");
  const decoded = Buffer.from(words, "base64").toString("utf8");
  return kind === "formatted" ? { kind: "formatted", text: decoded } : { kind: "unreadable", why: decoded };
}
