import type { AuditedFinding, IgnoredFinding } from "./audit.js";
import type { Decision } from "./decision.js";
import type { Patch } from "./patch.js";
import type { Project, Route } from "./project.js";
import type { ResolvedSource } from "./source.js";
import type { Standards } from "./standards.js";

/** Everything one intervention is made of, before anyone is asked. The composer and the model's request are pure functions of it. */
export interface Consultation {
  /** The asker's own words; empty when there were none. */
  readonly question: string;
  readonly repository: string;
  /** Full id of the reviewed commit; null for a working tree or pasted code. */
  readonly commit: string | null;
  readonly sources: readonly ResolvedSource[];
  /** Findings that concern the sources (`consult/concern`), decided ones included, worst first. */
  readonly findings: readonly AuditedFinding[];
  readonly project: Project;
  /** Text of any file of the tree by path; null when it was not read. */
  readonly textOf: (path: string) => string | null;
  /** Proved patches for the findings. */
  readonly patches: readonly Patch[];
  /** The code a decision about a finding is tied to. */
  readonly anchorOf: (finding: AuditedFinding) => Decision["anchor"];
  /** What turns strangers away on the way to a route, by name; null when nothing does. Absent where nobody worked it out. */
  readonly guardOf?: (route: Route) => string | null;
  /** Findings that a comment in the code silences. */
  readonly ignored?: readonly IgnoredFinding[];
  /** Decisions in force for the repository. */
  readonly decisions: readonly Decision[];
  readonly standards: Standards;
  /** When it was asked, milliseconds since 1970; chooses the price in force. */
  readonly at: number;
}
