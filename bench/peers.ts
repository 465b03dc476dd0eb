import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { isThere } from "./peers/run-tool.js";

/** Commands of other tools for the same folder, where the tool is there; null is for a tool that is not. */
export interface Peers {
  readonly credoStrict: (() => number) | null;
  readonly sobelow: (() => number) | null;
}

/** Each tool as the folder's own dependency under `mix`, else as an escript on the path; both read source only. */
export function findPeers(folder: string): Peers {
  const hasMix = isThere("mix");
  const isDependency = (name: string): boolean => hasMix && existsSync(join(folder, "deps", name));
  const peer = (name: string, mixWords: readonly string[], escriptWords: readonly string[]): (() => number) | null => {
    if (isDependency(name)) return () => time("mix", mixWords, folder);
    return isThere(name) ? () => time(name, escriptWords, folder) : null;
  };
  const strict = ["--strict", "--mute-exit-status"];
  return {
    credoStrict: peer("credo", ["credo", ...strict], [...strict, "--working-dir", resolve(folder)]),
    sobelow: peer("sobelow", ["sobelow", "--root", "."], ["--root", resolve(folder)]),
  };
}

function time(command: string, words: readonly string[], folder: string): number {
  const started = performance.now();
  spawnSync(command, words, { cwd: folder, stdio: "ignore" });
  return performance.now() - started;
}
