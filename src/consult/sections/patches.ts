import { proofSteps } from "../../model/patch.js";
import type { Patch, Proof, ProofStep } from "../../model/patch.js";
import type { Matter } from "../matter.js";
import { mendedBy, problemNumbers } from "../matter.js";
import { codeBlock } from "./fence.js";

/** A patch with its number, what it mends, the change itself and what was checked about it. */
export function describePatch(patch: Patch, matter: Matter): string {
  const number = matter.patches.indexOf(patch) + 1;
  const mended = mendedBy(patch, matter.raised);
  const mends = mended.length === 0 ? "" : ` (${problemNumbers(mended)})`;
  return [`**Patch ${number}**${mends}: ${patch.title}`, codeBlock("diff", patch.diff), checks(patch.proof)].join("\n\n");
}

const stepWords: Readonly<Record<ProofStep, string>> = {
  applied: "applies cleanly",
  parsed: "parses",
  findingGone: "the problem is gone when the detectors run again",
  noNewFinding: "no new problem appears",
  formatted: "formatted",
  compiled: "compiled",
  tested: "tested",
};

/** "Checked: applies cleanly, parses. Not run: compiled (no Elixir here)." Steps that share a reason share its words. */
function checks(proof: Proof): string {
  const passed = proofSteps.filter((step) => proof[step].answer === "yes").map((step) => stepWords[step]);
  const reasons = new Map<string, string[]>();
  for (const step of proofSteps) {
    const answer = proof[step];
    if (answer.answer === "not run") reasons.set(answer.why, [...(reasons.get(answer.why) ?? []), stepWords[step]]);
  }
  const skipped = [...reasons].map(([why, steps]) => `${steps.join(", ")} (${why})`);
  return [passed.length === 0 ? "" : `Checked: ${passed.join(", ")}.`, skipped.length === 0 ? "" : `Not run: ${skipped.join("; ")}.`]
    .filter((part) => part !== "")
    .join(" ");
}
