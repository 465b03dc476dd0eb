import type { Decision } from "./decision.js";
import type { Facts } from "./facts.js";
import type { DescribedFinding, Severity } from "./finding.js";
import type { Project } from "./project.js";
import type { SkippedFile } from "./tree.js";
import type { Place } from "./span.js";

/** Milliseconds of each step of one audit, wall clock. `cachedFiles` counts files whose facts were not computed again. */
export interface Timing {
  readonly listMs: number;
  readonly readMs: number;
  readonly parseMs: number;
  readonly joinMs: number;
  readonly rulesMs: number;
  readonly totalMs: number;
  readonly cachedFiles: number;
}

/** Something the whole project has or lacks, and the places that say so. */
export interface ChecklistItem {
  readonly item: string;
  readonly present: boolean;
  readonly evidence: readonly { readonly path: string; readonly line: number; readonly note: string }[];
}

/** A finding with the decision that covers it, when the team made one. */
export interface AuditedFinding extends DescribedFinding {
  readonly decision: Decision | null;
}

/** The whole project's result. `findings` are sorted by severity, then path and line; ignored ones are not among them. */
export interface Audit {
  readonly root: string;
  readonly commit: string | null;
  readonly filesRead: number;
  readonly filesDamaged: readonly { readonly path: string; readonly places: readonly Place[] }[];
  readonly filesSkipped: readonly SkippedFile[];
  readonly lines: number;
  readonly findings: readonly AuditedFinding[];
  readonly ignored: readonly IgnoredFinding[];
  readonly checklist: readonly ChecklistItem[];
  readonly timing: Timing;
}

/** A finding silenced by a comment in the code; `comment` is its place. */
export interface IgnoredFinding {
  readonly finding: DescribedFinding;
  readonly comment: Place;
  readonly reason: string;
}

/** What analysis leaves for consultation: the joined project, the texts it came from and its findings. */
export interface Analysis {
  readonly project: Project;
  readonly audit: Audit;
  /** Text of a file by path; null when it was not read. */
  readonly textOf: (path: string) => string | null;
  /** The project as it would be with the given files changed or added: what a patch is proved against. */
  readonly rejoin: (changed: readonly Facts[]) => Project;
}

/** A finding as a report lists it, secrets hidden. */
export interface ReportedFinding extends AuditedFinding {
  /** Known from the baseline file. */
  readonly baselined: boolean;
  /** At or over the failing severity, and neither decided nor baselined. */
  readonly fails: boolean;
}

/** One audit as it is shown: the findings within the asker's thresholds, and how many were left out. */
export interface AuditReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly audit: Audit;
  readonly findings: readonly ReportedFinding[];
  /** Findings below the asked severity or confidence. */
  readonly left: { readonly severity: number; readonly confidence: number };
  readonly failOn: Severity;
}
