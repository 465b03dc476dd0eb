import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { PeerChecks } from "../src/model/peers.js";
import { loadData } from "../src/shell/data/data.js";
import { packageRoot } from "../src/shell/data/package-root.js";
import { rules } from "../src/rules/registry.js";
import { compare, withHonoured, type FamilyComparison } from "./peers/compare.js";
import { runCredo } from "./peers/credo.js";
import { runGuard } from "./peers/guard.js";
import { placesOf, tableOf } from "./peers/print.js";
import { runSobelow } from "./peers/sobelow.js";
import type { PeerRun } from "./peers/told.js";

const usage = "usage: npm run bench:peers -- DIR… [--places, to list each place] [--format json]";

interface Comparison {
  readonly dir: string;
  readonly files: number;
  readonly shown: number;
  readonly possible: number;
  readonly peers: readonly { readonly name: string; readonly run: PeerRun; readonly families: readonly FamilyComparison[] }[];
}

/** Sobelow, Credo and Guard over the same folders, and which of their findings mean the same place. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { places: { type: "boolean", default: false }, format: { type: "string", default: "pretty" } },
  });
  if (positionals.length === 0) throw new Error(usage);
  const peers = withHonoured(loadData(packageRoot(), ["peers"]).peers, rules);
  for (const dir of positionals) {
    const scratch = mkdtempSync(join(tmpdir(), "guard-peers-"));
    try {
      const comparison = await compareIn(dir, peers, scratch);
      process.stdout.write(values.format === "json" ? `${JSON.stringify(comparison)}\n` : pretty(comparison, values.places));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

async function compareIn(dir: string, checks: PeerChecks, scratch: string): Promise<Comparison> {
  const folder = resolve(dir);
  const { files, told } = await runGuard(folder, scratch);
  const runs = [
    { tool: "sobelow", name: "Sobelow", run: runSobelow(folder) },
    { tool: "credo", name: "Credo", run: runCredo(folder, false, scratch) },
    { tool: "credo", name: "Credo --strict", run: runCredo(folder, true, scratch) },
  ] as const;
  const shown = told.filter((one) => one.shown).length;
  const peers = runs.map(({ tool, name, run }) => ({
    name,
    run,
    families: compare(tool, run.kind === "ran" ? run.told : [], told, checks),
  }));
  return { dir, files, shown, possible: told.length - shown, peers };
}

function pretty({ dir, files, shown, possible, peers }: Comparison, withPlaces: boolean): string {
  const parts = peers.flatMap(({ name, run, families }) => [
    run.kind === "absent" ? run.sentence : `${name}: ${run.told.length} findings.`,
    tableOf(families),
    ...(withPlaces ? [placesOf(families)] : []),
  ]);
  const head = `## ${dir}\n\nGuard reads ${files} files and shows ${shown} findings; --all lists ${possible} more.`;
  return `${[head, ...parts].join("\n\n")}\n\n`;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
