import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { CleanCase, DefectCase, Dispute, Evaluation, EvaluationKinds } from "../model/evaluation.js";
import type { ReportProgress } from "../model/ports.js";
import type { OpenedTree } from "../model/tree.js";
import { analyse, type AnalysisPorts } from "./analyse.js";
import { rememberFacts } from "./facts-memory.js";
import { scoreEvaluation, type CleanResult, type DefectResult } from "./score-evaluation.js";

export interface EvaluationPorts extends AnalysisPorts {
  /** The tree of a repository (`owner/name`) at a commit. */
  readonly openCommit: (repository: string, commit: string) => Promise<OpenedTree>;
}

export interface EvaluationOptions {
  readonly kinds: EvaluationKinds;
  /** Count `possible` findings too. */
  readonly all: boolean;
  /** Cases that count in neither direction. */
  readonly disputed?: readonly Dispute[];
  readonly report?: ReportProgress;
  readonly signal?: AbortSignal;
}

/** How far from the labelled range a finding may point and still be about it. */
const nearLines = 5;
/** Facts kept in memory; a repository of the largest size met has about half as many files. */
const rememberedFiles = 6_000;

/** Recall, false alarms and repaired twins on real history: for each case the whole tree is analysed, facts shared between trees. */
export async function evaluate(
  cases: readonly DefectCase[],
  clean: readonly CleanCase[],
  ports: EvaluationPorts,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const started = ports.clock();
  const shared = { ...ports, factsCache: rememberFacts(ports.factsCache, rememberedFiles) };
  const defects: DefectResult[] = [];
  const cleans: CleanResult[] = [];
  const counted = { findings: 0, lines: 0 };
  let done = 0;
  const step = (): void => options.report?.({ step: "rules", done: (done += 1), total: cases.length + clean.length });

  for (const repository of new Set([...cases, ...clean].map(({ repo }) => repo))) {
    const look = createLook(repository, shared, options);
    const own = cases.filter(({ repo }) => repo === repository);
    for (const [commit, group] of grouped(own, ({ before }) => before)) {
      const tree = await look(commit, null);
      if (tree.kind === "looked") {
        counted.findings += tree.findings.length;
        counted.lines += tree.lines;
      }
      for (const defect of group) {
        defects.push(await judgeDefect(defect, tree, look, options.kinds));
        step();
      }
    }
    for (const one of clean.filter(({ repo }) => repo === repository)) {
      cleans.push(judgeClean(one, await look(one.sha, one.path), options.kinds));
      step();
    }
  }
  const seconds = (ports.clock() - started) / 1_000;
  const findingsPer1000Lines = counted.lines === 0 ? 0 : (counted.findings / counted.lines) * 1_000;
  return { ...scoreEvaluation(defects, cleans, options.disputed), findingsPer1000Lines, seconds };
}

/** Findings of one tree, in all files or in one. */
type Look = (commit: string, path: string | null) => Promise<Looked>;

type Looked =
  | {
      readonly kind: "looked";
      readonly findings: readonly AuditedFinding[];
      readonly lines: number;
      readonly wasRead: (path: string) => boolean;
    }
  | { readonly kind: "skipped"; readonly reason: string };

function createLook(repository: string, ports: EvaluationPorts, options: EvaluationOptions): Look {
  return async (commit, path) => {
    const opened = await ports.openCommit(repository, commit);
    if (opened.kind === "failed") return { kind: "skipped", reason: opened.sentence };
    const { audit, textOf }: Analysis = await analyse(opened.tree, ports, {
      ...(path === null ? {} : { paths: new Set([path]) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const findings = audit.findings.filter(({ confidence }) => options.all || confidence !== "possible");
    return { kind: "looked", findings, lines: audit.lines, wasRead: (file) => textOf(file) !== null };
  };
}

async function judgeDefect(defect: DefectCase, tree: Looked, look: Look, kinds: EvaluationKinds): Promise<DefectResult> {
  const result = { case: defect, found: false, twin: null, skipped: null };
  if (tree.kind === "skipped") return { ...result, skipped: tree.reason };
  if (!tree.wasRead(defect.path)) return { ...result, skipped: `${defect.path} was not read at ${defect.before}.` };
  const [first, last] = [defect.before_start_line - nearLines, defect.before_end_line + nearLines];
  if (!reports(tree.findings, kinds, { kind: defect.kind, path: defect.path, first, last })) return result;
  const twin = defect.after_clean_lines === null ? null : await judgeTwin(defect, defect.after_clean_lines, look, kinds);
  return { ...result, found: true, twin };
}

/** Whether the mended place is still reported; null when the mended tree could not be looked at. */
async function judgeTwin(
  defect: DefectCase,
  [first, last]: readonly [number, number],
  look: Look,
  kinds: EvaluationKinds,
): Promise<"silent" | "reported" | null> {
  const path = defect.after_clean_path ?? defect.path;
  const tree = await look(defect.after, path);
  if (tree.kind === "skipped") return null;
  return reports(tree.findings, kinds, { kind: defect.kind, path, first, last }) ? "reported" : "silent";
}

function judgeClean(one: CleanCase, tree: Looked, kinds: EvaluationKinds): CleanResult {
  if (tree.kind === "skipped") return { case: one, alarmed: false, skipped: tree.reason };
  if (!tree.wasRead(one.path)) return { case: one, alarmed: false, skipped: `${one.path} was not read at ${one.sha}.` };
  const range = { kind: one.kind, path: one.path, first: one.start_line, last: one.end_line };
  return { case: one, alarmed: reports(tree.findings, kinds, range), skipped: null };
}

interface LabelledRange {
  readonly kind: string;
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

/** A finding lies where it points: at its first line. */
function reports(findings: readonly AuditedFinding[], kinds: EvaluationKinds, { kind, path, first, last }: LabelledRange): boolean {
  const accepted = new Set(kinds.rules.filter((entry) => entry.kinds.includes(kind)).map(({ rule }) => rule));
  return findings.some(({ rule, place }) => accepted.has(rule) && place.path === path && place.line >= first && place.line <= last);
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
