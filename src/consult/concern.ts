import type { AuditedFinding } from "../model/audit.js";
import { severityRank } from "../model/finding.js";
import type { ResolvedSource } from "../model/source.js";
import type { Place } from "../model/span.js";

/**
 * The findings that concern the sources: those inside them, then those elsewhere that the code inside takes part in, as the query
 * at the end of a call chain does. Code that is only compared with takes no part. Only what Guard shows unasked, worst first.
 */
export function findingsConcerning(findings: readonly AuditedFinding[], sources: readonly ResolvedSource[]): AuditedFinding[] {
  const inside = (place: Place) => sources.some((source) => overlaps(source, place));
  return findings
    .filter((finding) => finding.confidence !== "possible")
    .filter((finding) => inside(finding.place) || finding.evidence.some((step) => step.comparison !== true && inside(step.place)))
    .map((finding) => ({ finding, own: inside(finding.place) ? 0 : 1 }))
    .sort(
      (left, right) =>
        severityRank(left.finding.severity) - severityRank(right.finding.severity) ||
        left.own - right.own ||
        left.finding.place.path.localeCompare(right.finding.place.path) ||
        left.finding.place.line - right.finding.place.line,
    )
    .map(({ finding }) => finding);
}

function overlaps(source: ResolvedSource, place: Place): boolean {
  if (source.path !== place.path) return false;
  return source.lines === null || (place.line <= source.lines.last && source.lines.first <= place.endLine);
}

/** Findings nobody decided on yet. */
export function openFindings(findings: readonly AuditedFinding[]): AuditedFinding[] {
  return findings.filter((finding) => finding.decision === null);
}
