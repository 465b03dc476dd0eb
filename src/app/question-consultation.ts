import type { Analysis } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Decision } from "../model/decision.js";
import type { Standards } from "../model/standards.js";
import { guardOf } from "../rules/shared/authentication.js";
import { anchorOf } from "./apply-decisions.js";

export interface AskedAbout {
  readonly question: string;
  readonly repository: string;
  readonly decisions: readonly Decision[];
  readonly standards: Standards;
  readonly at: number;
}

/** What a question about a whole project is answered from: no file stands out, every finding shown unasked counts. */
export function questionConsultation(
  { project, audit, textOf }: Analysis,
  { question, repository, decisions, standards, at }: AskedAbout,
): Consultation {
  return {
    ...{ question, repository, decisions, standards, at, project, textOf, commit: audit.commit, sources: [], patches: [] },
    findings: audit.findings.filter(({ confidence }) => confidence !== "possible"),
    ignored: audit.ignored,
    anchorOf: (finding) => anchorOf(finding, project, textOf),
    guardOf: (route) => guardOf(route, project),
  };
}
