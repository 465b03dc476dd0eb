import { spawn } from "node:child_process";
import { gitEnvironment, readingArguments } from "./environment.js";

/** How a git command ended. `missing` means there is no git to run. */
export type GitResult =
  | { readonly kind: "ran"; readonly code: number; readonly output: Buffer; readonly errors: string }
  | { readonly kind: "missing" }
  | { readonly kind: "stopped" };

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the command is killed. */
  readonly timeoutMs: number;
  readonly input?: string;
}

/** Runs one reading git command in a folder; bytes stay bytes. Arguments go to git as they are, never through a command shell. */
export function runGit(folder: string, words: readonly string[], options: RunOptions): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = spawn("git", [...readingArguments, ...words], {
      cwd: folder,
      env: gitEnvironment("objects"),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    let errors = "";
    let stopped = false;
    const stop = () => {
      stopped = true;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(stop, options.timeoutMs);
    options.signal?.addEventListener("abort", stop, { once: true });
    const end = (result: GitResult) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
      resolve(stopped ? { kind: "stopped" } : result);
    };
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      if (errors.length < 20_000) errors += chunk.toString("utf8");
    });
    child.stdin.on("error", () => undefined);
    child.on("error", () => end({ kind: "missing" }));
    child.on("close", (code) => end({ kind: "ran", code: code ?? 1, output: Buffer.concat(output), errors }));
    if (options.signal?.aborted === true) stop();
    child.stdin.end(options.input ?? "");
  });
}

/** The command's output as one trimmed line, or null when it did not succeed. */
export async function gitLine(folder: string, words: readonly string[], options: RunOptions): Promise<string | null> {
  const result = await runGit(folder, words, options);
  return result.kind === "ran" && result.code === 0 ? result.output.toString("utf8").trim() : null;
}
