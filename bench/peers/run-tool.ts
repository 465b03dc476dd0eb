import { spawnSync } from "node:child_process";

const mostBytes = 256 * 1024 * 1024;

/** Whether a command can be started from here. */
export function isThere(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** What a tool prints on standard output, read as JSON. Throws when it prints something else, with what it says instead. */
export function jsonOf(command: string, words: readonly string[], folder: string): unknown {
  const { stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8", maxBuffer: mostBytes });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${command} gave no JSON for ${folder}: ${(stderr || stdout).trim().slice(0, 300)}`);
  }
}
