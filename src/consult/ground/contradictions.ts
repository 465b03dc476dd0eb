import type { Consultation } from "../../model/consultation.js";
import { judge } from "./claims/claim.js";
import type { Claim, Refute } from "./claims/claim.js";
import { codeRefutations } from "./claims/code.js";
import { databaseRefutations } from "./claims/database.js";
import { needRefutations } from "./claims/needs.js";
import { definitionRefutations } from "./claims/definitions.js";
import { structureRefutations } from "./claims/structure.js";
import { webRefutations } from "./claims/web.js";

const refutations: readonly Refute[] = [
  ...databaseRefutations,
  ...definitionRefutations,
  ...webRefutations,
  ...codeRefutations,
  ...needRefutations,
  ...structureRefutations,
];

/** The project fact a claim contradicts, as a reason; null when none does. */
export function contradictionOf(claim: Claim, consultation: Consultation): string | null {
  const judged = judge(claim, consultation);
  for (const refute of refutations) {
    const reason = refute(judged);
    if (reason !== null) return reason;
  }
  return null;
}
