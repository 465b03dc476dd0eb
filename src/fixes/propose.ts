import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { Patch, Proof } from "../model/patch.js";
import type { ParseSource } from "../model/ports.js";
import { filesOf, type Change } from "./define.js";
import { draft, holds, prove, unproved } from "./prove.js";
import type { Drafted } from "./prove.js";
import { fixes } from "./registry.js";

/** Patches proposed in one review at most. */
const mostPatches = 20;

/** A proved patch for each finding whose change is mechanical, in the findings' order. What fails a step that ran is not offered. */
export function proposePatches(analysis: Analysis, findings: readonly AuditedFinding[], parse: ParseSource): Patch[] {
  return tryPatches(analysis, findings, parse, mostPatches).filter(({ proof }) => holds(proof));
}

/** Every patch that can be made, at most so many, with what its proof said: also those that are not to be offered. */
export function tryPatches(analysis: Analysis, findings: readonly AuditedFinding[], parse: ParseSource, most: number): Patch[] {
  const drafts = changesFor(analysis, findings, most).map((change) => draft(change, analysis, parse));
  const sound = drafts.filter(({ applied, parsed }) => holds({ applied, parsed }));
  const proofs = new Map(rounds(sound).flatMap((round) => proveRound(round, analysis)));
  return drafts.map((drafted) => ({ ...drafted.change, diff: drafted.diff, proof: proofs.get(drafted) ?? unproved(drafted) }));
}

function changesFor(analysis: Analysis, findings: readonly AuditedFinding[], most: number): Change[] {
  const changes: Change[] = [];
  for (const finding of findings) {
    if (changes.length >= most) break;
    if (changes.some((change) => change.findings.includes(finding.fingerprint))) continue;
    const change = fixes.get(finding.fix ?? "")?.(finding, { analysis, earlier: changes }) ?? null;
    if (change !== null) changes.push(change);
  }
  return changes;
}

/** Joining the project costs most of a proof, so changes of different files are proved together. */
function rounds(drafts: readonly Drafted[]): Drafted[][] {
  const found: Drafted[][] = [];
  for (const drafted of drafts) {
    const paths = new Set(filesOf(drafted.change).map(({ path }) => path));
    const open = found.find((round) => round.every(({ change }) => filesOf(change).every(({ path }) => !paths.has(path))));
    if (open === undefined) found.push([drafted]);
    else open.push(drafted);
  }
  return found;
}

/** A round that fails is proved one by one, so that a bad change does not take good ones with it. */
function proveRound(round: readonly Drafted[], analysis: Analysis): [Drafted, Proof][] {
  const together = prove(round, analysis);
  const proofs = round.length === 1 || together.every(holds) ? together : round.flatMap((drafted) => prove([drafted], analysis));
  return round.flatMap((drafted, index) => {
    const proof = proofs[index];
    return proof === undefined ? [] : [[drafted, proof] as [Drafted, Proof]];
  });
}
