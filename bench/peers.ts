import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Commands of other tools for the same folder, where Elixir and the tool are there; null is for a tool that is not. */
export interface Peers {
  readonly credoStrict: (() => number) | null;
  readonly sobelow: (() => number) | null;
}

/** Looks for `mix` and for each tool among the folder's fetched dependencies. */
export function findPeers(folder: string): Peers {
  const hasMix = spawnSync("mix", ["--version"]).status === 0;
  const peer = (name: string, words: readonly string[]): (() => number) | null =>
    hasMix && existsSync(join(folder, "deps", name)) ? () => timeMix(folder, words) : null;
  return {
    credoStrict: peer("credo", ["credo", "--strict", "--mute-exit-status"]),
    sobelow: peer("sobelow", ["sobelow", "--root", "."]),
  };
}

function timeMix(folder: string, words: readonly string[]): number {
  const started = performance.now();
  spawnSync("mix", words, { cwd: folder, stdio: "ignore" });
  return performance.now() - started;
}
