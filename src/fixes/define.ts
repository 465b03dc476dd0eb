import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { Patch } from "../model/patch.js";

/** One file as a fix would leave it, before anything is proved. A new file has `before` null. */
export interface Change extends Pick<Patch, "path" | "before" | "after" | "title" | "kind"> {
  /** Fingerprints of the findings it mends. */
  readonly findings: readonly string[];
}

/** What fixes share within one review. */
export interface FixInput {
  readonly analysis: Analysis;
  /** Changes already proposed in this review, so that two new files don't take one name. */
  readonly earlier: readonly Change[];
}

/** Turns one finding into one change by rule alone; null where the right change is not clear from the code. */
export type ProposeChange = (finding: AuditedFinding, input: FixInput) => Change | null;
