import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { Patch, Proof } from "../model/patch.js";
import type { ParseSource } from "../model/ports.js";
import type { Change } from "./define.js";
import { draft, holds, prove } from "./prove.js";
import type { Drafted } from "./prove.js";
import { fixes } from "./registry.js";

/** Patches proposed in one review at most. */
const mostPatches = 20;

/** A proved patch for each finding whose change is mechanical, in the findings' order. What fails a step that ran is not offered. */
export function proposePatches(analysis: Analysis, findings: readonly AuditedFinding[], parse: ParseSource): Patch[] {
  const drafts = changesFor(analysis, findings)
    .map((change) => draft(change, analysis, parse))
    .filter(({ applied, parsed }) => holds({ applied, parsed }));
  const proofs = new Map(rounds(drafts).flatMap((round) => proveRound(round, analysis)));
  return drafts.flatMap((drafted) => {
    const proof = proofs.get(drafted);
    return proof === undefined || !holds(proof) ? [] : [{ ...drafted.change, diff: drafted.diff, proof }];
  });
}

function changesFor(analysis: Analysis, findings: readonly AuditedFinding[]): Change[] {
  const changes: Change[] = [];
  for (const finding of findings) {
    if (changes.length >= mostPatches) break;
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
    const open = found.find((round) => round.every(({ change }) => change.path !== drafted.change.path));
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
