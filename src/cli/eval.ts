import { join } from "node:path";
import { evaluate } from "../app/evaluate.js";
import { CleanCase, DefectCase, Dispute, type Evaluation, type Rate, type Rates } from "../model/evaluation.js";
import { createPaint } from "../reply/terminal.js";
import type { Console } from "./console.js";
import type { EvalFlags } from "./flags.js";
import { readLines } from "./json-lines.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { withSession } from "./session.js";

/** More disputes than this share of the cases would be choosing one's own marks. */
const mostDisputed = 0.1;

/** `guard eval`: recall and false alarms on labelled history. */
export async function evalCommand(flags: EvalFlags, console: Console): Promise<Outcome> {
  const cases = await readLines(flags.cases, DefectCase);
  const clean = await readLines(flags.clean, CleanCase);
  const disputes = flags.disputed === undefined ? { kind: "read" as const, items: [] } : await readLines(flags.disputed, Dispute);
  if (cases.kind === "faults" || clean.kind === "faults" || disputes.kind === "faults") {
    return couldNot(...[cases, clean, disputes].flatMap((read) => (read.kind === "faults" ? read.faults : [])));
  }
  const wanted = ({ kind }: { readonly kind: string }): boolean => flags.kind?.includes(kind) ?? true;
  const [defects, cleans] = [cases.items.filter(wanted), clean.items.filter(wanted)];
  const disputed = disputes.items.filter(({ id }) => [...defects, ...cleans].some((one) => one.id === id));
  const most = Math.floor((defects.length + cleans.length) * mostDisputed);
  if (disputed.length > most) {
    return couldNot(`${flags.disputed} disputes ${disputed.length} of the cases, more than a tenth (${most}): leave out the weakest.`);
  }
  return withSession(console, { useCache: true }, async ({ openTree, analysis, data }) => {
    const openCommit = (repository: string, revision: string) => {
      const location = join(flags.mirrors, repository.replaceAll("/", "+"), "repo");
      return openTree({ location, revision, defaultBranch: null }, console.signal);
    };
    const { signal, report } = console;
    const { "eval-kinds": kinds } = await data("eval-kinds");
    const options = { kinds, all: flags.all, disputed, signal, report };
    const evaluation = await evaluate(defects, cleans, { ...analysis, openCommit }, options);
    return ran(flags.format === "json" ? json(evaluation) : evaluationTable(evaluation, console));
  });
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
  const others = [worstWithout(evaluation.withoutRepository), disputedSentence(evaluation)].flatMap((line) => line ?? []);
  return [paint.bold(heading), ...lines, paint.bold(total), "", ...[...others, density].map((line) => paint.dim(line)), ""].join("\n");
}

function worstWithout(withoutRepository: Readonly<Record<string, Rates>>): string | null {
  const [lowest] = Object.entries(withoutRepository).sort(([, one], [, other]) => one.recall.rate - other.recall.rate);
  if (lowest === undefined || Object.keys(withoutRepository).length < 2) return null;
  const [repository, { recall, falseAlarms, twinsStillReported }] = lowest;
  return `lowest with one repository left out (${repository}): found ${ratio(recall)}, false alarms ${ratio(falseAlarms)}, twins ${ratio(twinsStillReported)}`;
}

function disputedSentence({ disputed }: Evaluation): string | null {
  return disputed.length === 0
    ? null
    : `${disputed.length} disputed, counted in neither direction: ${disputed.map(({ id }) => id).join(", ")}`;
}

function ratio(rate: Rate | undefined): string {
  return rate === undefined || rate.total === 0 ? "-" : `${rate.hits}/${rate.total} ${(rate.rate * 100).toFixed(0)}%`;
}
