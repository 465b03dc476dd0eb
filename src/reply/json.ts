import type { AuditReport, ReportedFinding } from "../model/audit.js";
import type { Intervention } from "../model/intervention.js";

/** The `guard audit --format json` object; its shape is a contract and only grows. */
export function auditJson({ tool, audit, findings }: AuditReport): Readonly<Record<string, unknown>> {
  return {
    schema: 1,
    tool: { version: tool.version },
    ...{ root: audit.root, commit: audit.commit },
    files: {
      ...{ read: audit.filesRead, damaged: audit.filesDamaged.length, skipped: audit.filesSkipped, lines: audit.lines },
      damage: audit.filesDamaged.flatMap(({ path, places }) => places.map(({ line, endLine }) => ({ path, line, endLine }))),
    },
    findings: findings.map(findingJson),
    checklist: audit.checklist,
    ignored: audit.ignored.map(({ finding, comment, reason }) => ({
      ...{ rule: finding.rule, path: finding.place.path, line: finding.place.line, fingerprint: finding.fingerprint },
      ...{ commentLine: comment.line, reason },
    })),
    timing: audit.timing,
  };
}

function findingJson(finding: ReportedFinding): Readonly<Record<string, unknown>> {
  const { rule, trigger, area, severity, confidence, place, text, message, why, instead, cwe } = finding;
  const { path, line, column, endLine, endColumn } = place;
  return {
    ...{ rule, trigger, area, severity, confidence, path, line, column, endLine, endColumn, text, message, why, instead, cwe },
    evidence: finding.evidence.map((step) => ({ path: step.place.path, line: step.place.line, note: step.note })),
    ...{ enclosing: finding.enclosing, fingerprint: finding.fingerprint, decision: finding.decision, baselined: finding.baselined },
  };
}

/** The `guard review --format json` object. */
export function interventionJson(intervention: Intervention): Readonly<Record<string, unknown>> {
  return { schema: 1, ...intervention };
}
