import { extractFacts } from "../code/extract.js";
import type { Analysis } from "../model/audit.js";
import type { Facts } from "../model/facts.js";
import type { Finding } from "../model/finding.js";
import type { Proof, ProofAnswer } from "../model/patch.js";
import type { ParseSource } from "../model/ports.js";
import { runRules } from "../rules/run.js";
import { filesOf, type Change } from "./define.js";
import { appliesCleanly, unifiedDiff } from "./edit.js";

/** A change with its diff and what its text alone shows. */
export interface Drafted {
  readonly change: Change;
  readonly diff: string;
  /** Of each of its files. */
  readonly facts: readonly Facts[];
  readonly applied: ProofAnswer;
  readonly parsed: ProofAnswer;
}

const yes: ProofAnswer = { answer: "yes" };
const notRun: ProofAnswer = { answer: "not run", why: "Guard runs no code of the repository" };

/** Writes the diff of a change, applies it in memory and parses the result. */
export function draft(change: Change, analysis: Analysis, parse: ParseSource): Drafted {
  const files = filesOf(change).map((file) => ({ file, diff: unifiedDiff(file), facts: extractFacts(file.path, file.after, parse) }));
  const isWhole = ({ path, damage }: Facts): boolean => damage.length <= (analysis.project.files.get(path)?.damage.length ?? 0);
  return {
    change,
    diff: files.map(({ diff }) => diff).join(""),
    facts: files.map(({ facts }) => facts),
    applied: answer(
      files.every(({ file, diff }) => appliesCleanly(file, diff)),
      "the diff does not give the proposed text",
    ),
    parsed: answer(
      files.every(({ facts }) => isWhole(facts)),
      "the proposed text does not parse",
    ),
  };
}

/**
 * Joins the project as it would be with the changes and looks again: are their findings gone, have they brought new ones. The changes
 * must be of different files. What would need Elixir is said to be not run.
 */
export function prove(drafts: readonly Drafted[], analysis: Analysis): Proof[] {
  const { findingGone, noNewFinding } = look(drafts, analysis);
  return drafts.map(({ applied, parsed }) => ({
    applied,
    parsed,
    findingGone,
    noNewFinding,
    formatted: notRun,
    compiled: notRun,
    tested: notRun,
  }));
}

/** The proof of a change that is not worth a look at the project. */
export function unproved({ applied, parsed }: Drafted): Proof {
  const left: ProofAnswer = { answer: "not run", why: "it does not apply or parse" };
  return { applied, parsed, findingGone: left, noNewFinding: left, formatted: left, compiled: left, tested: left };
}

/** Whether every step that ran said yes. */
export function holds(steps: Readonly<Record<string, ProofAnswer>>): boolean {
  return Object.values(steps).every((step) => step.answer !== "no");
}

function answer(isTrue: boolean, why: string): ProofAnswer {
  return isTrue ? yes : { answer: "no", why };
}

function look(drafts: readonly Drafted[], analysis: Analysis): Pick<Proof, "findingGone" | "noNewFinding"> {
  const { findings, ignored } = analysis.audit;
  const mended = new Set(drafts.flatMap(({ change }) => change.findings));
  const before = [...findings, ...ignored.map(({ finding }) => finding)];
  const changed = new Map(drafts.flatMap(({ change }) => filesOf(change).map(({ path, after }) => [path, after])));
  const paths = [
    ...new Set([...changed.keys(), ...before.filter((finding) => mended.has(finding.fingerprint)).map((finding) => finding.place.path)]),
  ];
  const project = analysis.rejoin(drafts.flatMap(({ facts }) => facts));
  const after = runRules(project, (path) => changed.get(path) ?? analysis.textOf(path), { paths }).findings;
  const left = stillThere(
    before.filter((finding) => mended.has(finding.fingerprint)),
    before,
    after,
  );
  const known = new Set(before.map((finding) => finding.fingerprint));
  const fresh = after.find((finding) => !known.has(finding.fingerprint) && isOneMore(finding, before, after));
  return {
    findingGone: answer(left === null, `${left?.rule ?? ""} is still reported in ${left?.enclosing ?? ""}`),
    noNewFinding: answer(fresh === undefined, `${fresh?.rule ?? ""} is reported at line ${fresh?.place.line ?? 0}`),
  };
}

/** Findings of one rule in one definition are counted: a change beside one may alter its text, and equal ones share a text. */
function alike(one: Finding): (other: Finding) => boolean {
  return (other) => one.rule === other.rule && one.place.path === other.place.path && one.enclosing === other.enclosing;
}

/** The first mended finding whose definition has not lost as many findings of its rule as were mended there. */
function stillThere(mended: readonly Finding[], before: readonly Finding[], after: readonly Finding[]): Finding | null {
  const count = (findings: readonly Finding[], finding: Finding) => findings.filter(alike(finding)).length;
  return mended.find((finding) => count(after, finding) > count(before, finding) - count(mended, finding)) ?? null;
}

function isOneMore(finding: Finding, before: readonly Finding[], after: readonly Finding[]): boolean {
  return after.filter(alike(finding)).length > before.filter(alike(finding)).length;
}
