import type { AuditedFinding } from "../../model/audit.js";
import type { Consultation } from "../../model/consultation.js";
import { fence } from "../fence.js";
import type { ModelCopy } from "../model-copy.js";
import { openFindings } from "../concern.js";

/** What the detectors found, one JSON object a line, with the ids the answer refers to; places, no prose of strangers. */
export function findingsMaterial(consultation: Consultation, copy: ModelCopy): string {
  const lines = openFindings(consultation.findings).map((finding) => copy(JSON.stringify(describe(finding))));
  return fence("findings", { count: String(lines.length) }, lines.length === 0 ? "[the detectors found nothing here]" : lines.join("\n"));
}

function describe(finding: AuditedFinding): Record<string, unknown> {
  return {
    id: finding.fingerprint,
    rule: finding.rule,
    trigger: finding.trigger,
    severity: finding.severity,
    confidence: finding.confidence,
    path: finding.place.path,
    line: finding.place.line,
    end_line: finding.place.endLine,
    in: finding.enclosing,
    message: finding.message,
    evidence: finding.evidence.map((step) => ({ path: step.place.path, line: step.place.line, note: step.note })),
  };
}
