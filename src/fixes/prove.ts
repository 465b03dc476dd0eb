import { extractFacts } from "../code/extract.js";
import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { Facts } from "../model/facts.js";
import type { Proof, ProofAnswer } from "../model/patch.js";
import type { ParseSource } from "../model/ports.js";
import { runRules } from "../rules/run.js";
import type { Change } from "./define.js";
import { appliesCleanly } from "./edit.js";

const yes: ProofAnswer = { answer: "yes" };
const notRun: ProofAnswer = { answer: "not run", why: "Guard runs no code of the repository" };

/**
 * Applies a change in memory and looks again: does it parse, are its findings gone, has it brought new ones. What would need
 * Elixir is said to be not run.
 */
export function prove(change: Change, diff: string, findings: readonly AuditedFinding[], analysis: Analysis, parse: ParseSource): Proof {
  const facts = extractFacts(change.path, change.after, parse);
  const applied = answer(appliesCleanly(change, diff), "the diff does not give the proposed text");
  const parsed = answer(facts.damage.length <= damageBefore(change, analysis), "the proposed text does not parse");
  const ranAgain = applied.answer === "yes" && parsed.answer === "yes" ? look(change, facts, findings, analysis) : null;
  const skipped: ProofAnswer = { answer: "not run", why: "the step before it failed" };
  return {
    applied,
    parsed,
    findingGone: ranAgain?.findingGone ?? skipped,
    noNewFinding: ranAgain?.noNewFinding ?? skipped,
    formatted: notRun,
    compiled: notRun,
    tested: notRun,
  };
}

/** Whether every step that ran said yes. */
export function holds(proof: Proof): boolean {
  return Object.values(proof).every((step) => step.answer !== "no");
}

function answer(holdsTrue: boolean, why: string): ProofAnswer {
  return holdsTrue ? yes : { answer: "no", why };
}

function damageBefore(change: Change, analysis: Analysis): number {
  return change.before === null ? 0 : (analysis.project.files.get(change.path)?.damage.length ?? 0);
}

function look(
  change: Change,
  facts: Facts,
  findings: readonly AuditedFinding[],
  analysis: Analysis,
): Pick<Proof, "findingGone" | "noNewFinding"> {
  const project = analysis.rejoin([facts]);
  const textOf = (path: string) => (path === change.path ? change.after : analysis.textOf(path));
  const paths = [...new Set([change.path, ...findings.map((finding) => finding.place.path)])];
  const after = runRules(project, textOf, { paths }).findings;
  const known = new Set(
    [...analysis.audit.findings, ...analysis.audit.ignored.map(({ finding }) => finding)].map((finding) => finding.fingerprint),
  );
  const left = findings.filter((finding) => after.some((found) => found.fingerprint === finding.fingerprint));
  const fresh = after.filter((found) => !known.has(found.fingerprint));
  return {
    findingGone: answer(left.length === 0, `${left[0]?.rule ?? ""} is still reported`),
    noNewFinding: answer(fresh.length === 0, `${fresh[0]?.rule ?? ""} is reported at line ${fresh[0]?.place.line ?? 0}`),
  };
}
