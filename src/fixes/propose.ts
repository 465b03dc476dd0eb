import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { Patch } from "../model/patch.js";
import type { ParseSource } from "../model/ports.js";
import type { Change } from "./define.js";
import { unifiedDiff } from "./edit.js";
import { holds, prove } from "./prove.js";
import { fixes } from "./registry.js";

/** Patches proposed in one review at most: each is proved by joining the project again. */
const mostPatches = 20;

/** A proved patch for each finding whose change is mechanical, in the findings' order. What fails a step that ran is not offered. */
export function proposePatches(analysis: Analysis, findings: readonly AuditedFinding[], parse: ParseSource): Patch[] {
  const changes: Change[] = [];
  const patches: Patch[] = [];
  for (const finding of findings) {
    if (patches.length >= mostPatches) break;
    const change = fixes.get(finding.fix ?? finding.rule)?.(finding, { analysis, earlier: changes }) ?? null;
    if (change === null) continue;
    const diff = unifiedDiff(change);
    const mended = findings.filter((candidate) => change.findings.includes(candidate.fingerprint));
    const proof = prove(change, diff, mended, analysis, parse);
    if (!holds(proof)) continue;
    changes.push(change);
    patches.push({ ...change, diff, proof });
  }
  return patches;
}
