import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { FileChange, Patch } from "../model/patch.js";

/** What a fix would leave, before anything is proved: one file, and those that go with it. A new file has `before` null. */
export interface Change extends Pick<Patch, "path" | "before" | "after" | "title" | "kind" | "further"> {
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

/** Every file of a change. */
export function filesOf({ path, before, after, further = [] }: Pick<Change, keyof FileChange | "further">): readonly FileChange[] {
  return [{ path, before, after }, ...further];
}
