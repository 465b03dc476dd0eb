import { spawn } from "node:child_process";
import { builtGuard } from "./built-guard.js";
import { createFolder } from "./repository.js";

export interface GuardRun {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface GuardOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Closes the reading end of stdout at the first byte, as `head` does. */
  readonly closeOutput?: boolean;
  /** Sends this signal as soon as `when` is true. */
  readonly interrupt?: { readonly signal: NodeJS.Signals; readonly when: () => boolean };
}

/** Runs the command line as a child process, as a person would; nothing of this machine's environment but PATH reaches it. */
export async function runGuard(words: readonly string[], options: GuardOptions = {}): Promise<GuardRun> {
  const child = spawn(process.execPath, [await builtGuard(), ...words], {
    cwd: options.cwd ?? createFolder(),
    env: { PATH: process.env["PATH"], HOME: createFolder(), GUARD_DATA_DIR: createFolder(), NODE_NO_WARNINGS: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => {
    output.push(chunk);
    if (options.closeOutput === true) child.stdout.destroy();
  });
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const watching = setInterval(() => {
    if (options.interrupt?.when() !== true) return;
    clearInterval(watching);
    child.kill(options.interrupt.signal);
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watching);
  return { code, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() };
}
