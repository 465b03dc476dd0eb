import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { analyse } from "../src/app/analyse.js";
import { formatPatch } from "../src/fixes/formatted.js";
import { tryPatches } from "../src/fixes/propose.js";
import { createExtractPool } from "../src/main/extract-pool.js";
import type { Analysis, AuditedFinding } from "../src/model/audit.js";
import type { Patch, Proof, ProofStep } from "../src/model/patch.js";
import type { FormatElixir, ParseSource } from "../src/model/ports.js";
import { loadData } from "../src/shell/data/data.js";
import { packageRoot } from "../src/shell/data/package-root.js";
import { createFormatter } from "../src/shell/elixir/formatter.js";
import { createOpenTree } from "../src/shell/git/open-tree.js";
import { createParser } from "../src/shell/grammars/parser.js";
import { nextTurn } from "../src/shell/clock.js";

const usage = "usage: npm run bench:fixes -- DIR… [--all, possible findings too] [--only FIX,…] [--show, each patch] [--format json]";
const steps = ["applied", "parsed", "findingGone", "noNewFinding", "formatted"] as const satisfies readonly ProofStep[];

/** What became of one finding that names a fix; `patch` is null where the fix left it to a person. */
interface Outcome {
  readonly dir: string;
  readonly finding: AuditedFinding;
  readonly patch: Patch | null;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: "boolean" },
      show: { type: "boolean" },
      only: { type: "string" },
      format: { type: "string", default: "pretty" },
    },
  });
  if (positionals.length === 0) throw new Error(usage);
  const only = values.only?.split(",");
  const parse = await createParser();
  const formatter = createFormatter({ root: packageRoot() });
  const outcomes: Outcome[] = [];
  try {
    for (const dir of positionals) {
      const analysis = await analysisOf(dir, parse);
      const findings = analysis.audit.findings.filter(
        ({ fix, confidence }) => fix !== null && (only?.includes(fix) ?? true) && (values.all === true || confidence !== "possible"),
      );
      outcomes.push(...(await outcomesOf(dir, analysis, findings, parse, formatter.format)));
      process.stderr.write(`${dir}: ${findings.length} findings name a fix\n`);
    }
  } finally {
    formatter.close();
  }
  if (values.show === true) for (const outcome of outcomes) show(outcome);
  const rows = table(outcomes);
  process.stdout.write(values.format === "json" ? `${JSON.stringify(rows)}\n` : pretty(rows));
}

async function analysisOf(dir: string, parse: ParseSource): Promise<Analysis> {
  const data = loadData(packageRoot());
  const scratch = mkdtempSync(join(tmpdir(), "guard-bench-fixes-"));
  try {
    const openTree = createOpenTree({ dataDirectory: scratch, allowLocalPaths: true });
    const opened = await openTree({ location: resolve(dir), revision: null, defaultBranch: null });
    if (opened.kind === "failed") throw new Error(opened.sentence);
    return await analyse(opened.tree, {
      ...{ extractAll: createExtractPool({ parse, nextTurn }), nextTurn, clock: () => 0 },
      ...{ vocabulary: data.effects, checklist: data.checklist, advisories: async () => data.advisories.advisories },
      factsCache: { load: async () => new Map(), store: async () => undefined },
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function outcomesOf(
  dir: string,
  analysis: Analysis,
  findings: readonly AuditedFinding[],
  parse: ParseSource,
  format: FormatElixir,
): Promise<Outcome[]> {
  const tried = tryPatches(analysis, findings, parse, Infinity);
  const patches = await Promise.all(tried.map((patch) => formatPatch(patch, analysis.textOf, format)));
  return findings.map((finding) => ({
    ...{ dir, finding },
    patch: patches.find((patch) => patch.findings.includes(finding.fingerprint)) ?? null,
  }));
}

interface Row extends Readonly<Record<(typeof steps)[number], number>> {
  readonly fix: string;
  readonly findings: number;
  readonly patched: number;
  /** Of the patched, those for which no step that ran said no. */
  readonly proved: number;
}

/** One row for each kind of fix, and one for all together. */
function table(outcomes: readonly Outcome[]): Row[] {
  const kinds = [...new Set(outcomes.map(({ finding }) => finding.fix ?? ""))].sort();
  return [
    ...kinds.map((kind) =>
      row(
        kind,
        outcomes.filter(({ finding }) => finding.fix === kind),
      ),
    ),
    row("all", outcomes),
  ];
}

function row(fix: string, outcomes: readonly Outcome[]): Row {
  const proofs = outcomes.flatMap(({ patch }) => (patch === null ? [] : [patch.proof]));
  const count = (passes: (proof: Proof) => boolean): number => proofs.filter(passes).length;
  const counts = Object.fromEntries(steps.map((step) => [step, count((proof) => proof[step].answer === "yes")]));
  const proved = count((proof) => steps.every((step) => proof[step].answer !== "no"));
  return { fix, findings: outcomes.length, patched: proofs.length, ...(counts as Record<(typeof steps)[number], number>), proved };
}

function pretty(rows: readonly Row[]): string {
  const columns = ["findings", "patched", ...steps, "proved"] as const;
  const width = Math.max(...rows.map(({ fix }) => fix.length));
  const line = (first: string, cells: readonly (string | number)[]): string =>
    [first.padEnd(width), ...cells.map((cell, index) => String(cell).padStart((columns[index] ?? "").length))].join("  ");
  return `${[
    line("fix", columns),
    ...rows.map((each) =>
      line(
        each.fix,
        columns.map((column) => each[column]),
      ),
    ),
  ].join("\n")}\n`;
}

function show({ dir, finding, patch }: Outcome): void {
  const failed =
    patch === null ? [] : steps.flatMap((step) => (patch.proof[step].answer === "yes" ? [] : [{ step, ...patch.proof[step] }]));
  const verdict = patch === null ? "left to a person" : failed.length === 0 ? "proved" : JSON.stringify(failed);
  process.stdout.write(`## ${dir} ${finding.rule} ${finding.place.path}:${finding.place.line} (${finding.fix ?? ""}): ${verdict}\n`);
  process.stdout.write(patch === null ? `${finding.text}\n\n` : `${patch.diff}\n`);
}

await main();
