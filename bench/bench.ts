import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createParseOnly } from "./parse-only.js";
import { measureRules, type RuleTime } from "./rule-times.js";
import { runMeasured, type Measured } from "./run-measured.js";
import { measureServing } from "./serving.js";
import { createSubject, type Subject } from "./subject.js";

const guard = resolve(import.meta.dirname, "../dist/cli.js");
const phases = ["listMs", "readMs", "parseMs", "joinMs", "rulesMs"] as const;
type Phase = (typeof phases)[number];
const slowestListed = 5;

/** One line of the result; times are wall milliseconds of whole processes, medians over the rounds. */
interface BenchLine {
  readonly dir: string;
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
  readonly parseOnlyMs: number;
  readonly coldMs: number;
  readonly coldCpuMs: number;
  readonly warmMs: number;
  /** What the warm audit says of itself, step by step. */
  readonly warmPhases: Readonly<Record<Phase, number>>;
  /** A repeated audit inside one running process, which keeps facts in memory as the bot does. */
  readonly servingWarmMs: number;
  readonly oneChangedMs: number;
  readonly peakMb: number;
  /** From one run of the rules over remembered facts: a rule that begins to read all code stands out here. */
  readonly slowestRules: readonly RuleTime[];
  readonly peers: { readonly credoStrictMs: number | null; readonly sobelowMs: number | null };
}

interface Round {
  readonly parseOnlyMs: number;
  readonly cold: Measured;
  readonly warm: Measured;
  readonly oneChangedMs: number;
  readonly credoStrictMs: number | null;
  readonly sobelowMs: number | null;
}

type ParseOnly = (texts: readonly string[]) => Promise<number>;

const usage = "usage: npm run bench -- DIR… [--files N,… of each, at even steps] [--rounds N, at least 5] [--format json]";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { format: { type: "string", default: "pretty" }, rounds: { type: "string", default: "5" }, files: { type: "string" } },
  });
  const rounds = Number(values.rounds);
  const parts = values.files?.split(",").map(Number) ?? [null];
  if (positionals.length === 0 || !(rounds >= 5) || parts.some((files) => files !== null && !(files > 0))) throw new Error(usage);
  const parseOnly = await createParseOnly();
  const scratch = mkdtempSync(join(tmpdir(), "guard-bench-"));
  try {
    const chosen = positionals.flatMap((dir) => parts.map((files) => ({ dir, files })));
    const subjects = await Promise.all(chosen.map(({ dir, files }, index) => createSubject(dir, files, join(scratch, String(index)))));
    const results = subjects.map((): Round[] => []);
    // Every folder in every round, so that a slow minute of the machine falls on all of them.
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, subject] of subjects.entries()) results[index]?.push(await measureRound(subject, round, scratch, parseOnly));
      process.stderr.write(`round ${round + 1} of ${rounds}\n`);
    }
    const lines: BenchLine[] = [];
    for (const [index, subject] of subjects.entries()) {
      const [serving, ruleTimes] = [await measureServing(subject.folder, scratch), await measureRules(subject.sources)];
      lines.push(lineOf(subject, results[index] ?? [], { serving, ruleTimes }));
    }
    for (const line of lines) process.stdout.write(`${values.format === "json" ? JSON.stringify(line) : pretty(line)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Cold is a fresh process with an empty data folder; warm another one with the first one's; then one file has a new line. */
async function measureRound(subject: Subject, round: number, scratch: string, parseOnly: ParseOnly): Promise<Round> {
  const data = mkdtempSync(join(scratch, "data-"));
  const env = { ...process.env, GUARD_DATA_DIR: data };
  const audit = (): Promise<Measured> => runMeasured([guard, "audit", subject.folder, "--format", "json"], { env, accepted: [0, 1] });
  const parseOnlyMs = await parseOnly(subject.texts);
  const cold = await audit();
  const warm = await audit();
  appendFileSync(subject.changed, `\n# round ${round}\n`);
  const changed = await audit();
  rmSync(data, { recursive: true });
  const { credoStrict, sobelow } = subject.peers;
  return {
    ...{ parseOnlyMs, cold, warm, oneChangedMs: changed.wallMs },
    ...{ credoStrictMs: credoStrict?.() ?? null, sobelowMs: sobelow?.() ?? null },
  };
}

/** What is measured in the bench's own process, after the rounds. */
interface Within {
  readonly serving: readonly number[];
  readonly ruleTimes: readonly RuleTime[];
}

function lineOf({ dir, totals }: Subject, rounds: readonly Round[], { serving, ruleTimes }: Within): BenchLine {
  const over = (value: (round: Round) => number): number => Math.round(median(rounds.map(value)));
  const peer = (value: (round: Round) => number | null): number | null => {
    const times = rounds.map(value).filter((time) => time !== null);
    return times.length === 0 ? null : Math.round(median(times));
  };
  return {
    dir,
    ...totals,
    parseOnlyMs: over(({ parseOnlyMs }) => parseOnlyMs),
    coldMs: over(({ cold }) => cold.wallMs),
    coldCpuMs: over(({ cold }) => cold.cpuMs),
    warmMs: over(({ warm }) => warm.wallMs),
    warmPhases: phasesOf(rounds),
    servingWarmMs: Math.round(median(serving)),
    oneChangedMs: over(({ oneChangedMs }) => oneChangedMs),
    peakMb: over(({ cold }) => cold.peakMb),
    slowestRules: ruleTimes.slice(0, slowestListed).map(({ rule, ms }) => ({ rule, ms: Math.round(ms) })),
    peers: { credoStrictMs: peer(({ credoStrictMs }) => credoStrictMs), sobelowMs: peer(({ sobelowMs }) => sobelowMs) },
  };
}

function phasesOf(rounds: readonly Round[]): BenchLine["warmPhases"] {
  const timings = rounds.map(({ warm }) => (JSON.parse(warm.output) as { timing: Record<Phase, number> }).timing);
  const over = (phase: Phase): number => Math.round(median(timings.map((timing) => timing[phase])));
  return { listMs: over("listMs"), readMs: over("readMs"), parseMs: over("parseMs"), joinMs: over("joinMs"), rulesMs: over("rulesMs") };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function pretty(line: BenchLine): string {
  const { dir, files, lines, parseOnlyMs, coldMs, coldCpuMs, warmMs, warmPhases, servingWarmMs } = line;
  const { oneChangedMs, peakMb, slowestRules, peers } = line;
  const perThousand = (coldCpuMs / (lines / 1_000)).toFixed(1);
  const steps = phases.map((phase) => `${phase.replace("Ms", "")} ${warmPhases[phase]}`).join(", ");
  const others = [
    ...(peers.credoStrictMs === null ? [] : [`credo ${peers.credoStrictMs} ms`]),
    ...(peers.sobelowMs === null ? [] : [`sobelow ${peers.sobelowMs} ms`]),
  ];
  const figures = [
    `parse only ${parseOnlyMs} ms`,
    `cold ${coldMs} ms (${coldCpuMs} ms of processor, ${perThousand} per 1,000 lines)`,
    `warm ${warmMs} ms (${steps}), ${servingWarmMs} ms in a running process`,
    `one changed ${oneChangedMs} ms`,
    `peak ${peakMb} MB`,
    ...others,
  ];
  const slowest = slowestRules.map(({ rule, ms }) => `${rule} ${ms} ms`).join(", ");
  return `${dir}: ${files} files, ${lines} lines; ${figures.join(", ")}; slowest rules: ${slowest}`;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
