import type { AuditedFinding } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Problem } from "../model/intervention.js";
import { quoteLines, textAt } from "./lines.js";
import type { LinkTo } from "./permalink.js";

/** A detector's finding as a problem: its rule's sentences, the quoted lines, and links to every place. The id is given later. */
export function problemOf(finding: AuditedFinding, consultation: Consultation, linkTo: LinkTo): Problem {
  const { path, line, endLine } = finding.place;
  return {
    id: "",
    finding: finding.fingerprint,
    rule: finding.rule,
    title: finding.message,
    place: { path, line, endLine, quote: quoteLines(textAt(consultation, path) ?? finding.text, line, endLine) },
    permalink: linkTo(path, line, endLine),
    consequence: finding.why,
    fix: finding.instead,
    severity: finding.severity,
    origin: "detector",
    anchor: consultation.anchorOf(finding),
    evidence: finding.evidence.map((step) => ({
      path: step.place.path,
      line: step.place.line,
      note: step.note,
      permalink: linkTo(step.place.path, step.place.line, step.place.endLine),
    })),
  };
}
