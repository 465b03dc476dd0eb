import type { Analysis, AuditReport, ReportedFinding } from "../model/audit.js";
import { sectionNames } from "../model/intervention.js";
import type { Intervention, Problem } from "../model/intervention.js";
import { anchorOf } from "./apply-decisions.js";

/** Links lines of a file of the audited commit; null where nobody shows it. */
export type LinkLines = (path: string, first: number, last: number) => string | null;

/** An audit told as an intervention, so that its thread can be asked and decided in like that of a review. */
export function auditIntervention(report: AuditReport, analysis: Analysis, link: LinkLines, verdict: string): Intervention {
  const { filesDamaged } = report.audit;
  const open = report.findings.filter(({ decision }) => decision === null);
  return {
    ...{ mode: "offline", notice: null, verdict, sections: {}, options: [], patches: [], figures: [], dropped: [], triggersFired: [] },
    sources: [],
    problems: open.map((finding, index) => problem(finding, index, analysis, link)),
    omitted: sectionNames.map((section) => ({
      section,
      reason: "an audit lists problems; ask for a review of a file to get its sections",
    })),
    decisions: report.findings.flatMap(({ decision }) => decision ?? []),
    unread: filesDamaged.flatMap(({ path, places }) => places.map(({ line, endLine }) => ({ path, line, endLine }))),
    question: "",
    cost: { usage: null, dollars: null, derivation: "an audit asks no model" },
  };
}

function problem(finding: ReportedFinding, index: number, { project, textOf }: Analysis, link: LinkLines): Problem {
  const { path, line, endLine } = finding.place;
  return {
    ...{ id: String(index + 1), finding: finding.fingerprint, rule: finding.rule, severity: finding.severity, origin: "detector" },
    ...{ title: finding.message, consequence: finding.why, fix: finding.instead },
    place: { path, line, endLine, quote: finding.text },
    permalink: link(path, line, endLine),
    anchor: anchorOf(finding, project, textOf),
    evidence: finding.evidence.map(({ place, note }) => ({
      ...{ path: place.path, line: place.line, note },
      permalink: link(place.path, place.line, place.endLine),
    })),
  };
}
