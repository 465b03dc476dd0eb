import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { evaluate } from "../app/evaluate.js";
import { CleanCase, DefectCase, type Evaluation, type Rate } from "../model/evaluation.js";
import { createPaint } from "../reply/terminal.js";
import type { Console } from "./console.js";
import type { EvalFlags } from "./flags.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { withSession } from "./session.js";

/** `guard eval`: recall and false alarms on labelled history. */
export async function evalCommand(flags: EvalFlags, console: Console): Promise<Outcome> {
  const cases = await readLines(flags.cases, DefectCase);
  const clean = await readLines(flags.clean, CleanCase);
  const faults = [cases, clean].flatMap((read) => (read.kind === "faults" ? read.faults : []));
  if (cases.kind === "faults" || clean.kind === "faults") return couldNot(...faults);
  return withSession(console, { useCache: true }, async ({ openTree, analysis, data }) => {
    const openCommit = (repository: string, revision: string) => {
      const location = join(flags.mirrors, repository.replaceAll("/", "+"), "repo");
      return openTree({ location, revision, defaultBranch: null }, console.signal);
    };
    const { signal, report } = console;
    const options = { kinds: data()["eval-kinds"], all: flags.all, signal, report };
    const evaluation = await evaluate(cases.items, clean.items, { ...analysis, openCommit }, options);
    return ran(flags.format === "json" ? json(evaluation) : evaluationTable(evaluation, console));
  });
}

type Lines<Item> =
  { readonly kind: "read"; readonly items: readonly Item[] } | { readonly kind: "faults"; readonly faults: readonly string[] };

async function readLines<Item>(path: string, schema: z.ZodType<Item>): Promise<Lines<Item>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return { kind: "faults", faults: [`${path} cannot be read: check the path and its permissions.`] };
  const items: Item[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = schema.safeParse(jsonOf(line));
    if (parsed.success) items.push(parsed.data);
    else
      faults.push(`${path}:${index + 1} is not a case: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}; mend or remove the line.`);
  }
  return faults.length === 0 ? { kind: "read", items } : { kind: "faults", faults };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the schema then says that it is no object
  }
}

function evaluationTable(evaluation: Evaluation, { colour }: Console): string {
  const paint = createPaint(colour);
  const { recall, falseAlarms, twinsStillReported } = evaluation;
  const kinds = [...new Set([...Object.keys(recall.byKind), ...Object.keys(falseAlarms.byKind)])].sort();
  const widest = Math.max(...kinds.map((kind) => kind.length), 3);
  const row = (name: string, ...rates: (Rate | undefined)[]): string =>
    [name.padEnd(widest), ...rates.map((rate) => ratio(rate).padStart(14))].join("  ");
  const lines = kinds.map((kind) => row(kind, recall.byKind[kind], falseAlarms.byKind[kind], twinsStillReported.byKind[kind]));
  const heading = `${"kind".padEnd(widest)}  ${["found", "false alarms", "twins reported"].map((title) => title.padStart(14)).join("  ")}`;
  const density = `${evaluation.findingsPer1000Lines.toFixed(2)} findings per 1,000 lines, ${evaluation.seconds.toFixed(0)} s, ${evaluation.skipped.length} skipped`;
  const total = row("all", recall.all, falseAlarms.all, twinsStillReported.all);
  return [paint.bold(heading), ...lines, paint.bold(total), "", paint.dim(density), ""].join("\n");
}

function ratio(rate: Rate | undefined): string {
  return rate === undefined || rate.total === 0 ? "-" : `${rate.hits}/${rate.total} ${(rate.rate * 100).toFixed(0)}%`;
}
