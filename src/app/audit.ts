import type { Analysis, AuditReport, AuditedFinding, ReportedFinding } from "../model/audit.js";
import { confidences, severityRank, type Confidence, type Severity } from "../model/finding.js";
import { createRedactor, secretsIn } from "../model/redact.js";

export interface ReportOptions {
  readonly tool: AuditReport["tool"];
  readonly minimumSeverity: Severity;
  readonly minimumConfidence: Confidence;
  readonly failOn: Severity;
  /** Fingerprints that were known before; they do not fail the run. */
  readonly baseline: ReadonlySet<string>;
}

/** Chooses what an audit shows and what fails it. Secrets are replaced here, once, for every format. */
export function reportAudit({ audit, textOf }: Analysis, options: ReportOptions): AuditReport {
  const severe = audit.findings.filter(({ severity }) => severityRank(severity) <= severityRank(options.minimumSeverity));
  const shown = severe.filter(({ confidence }) => confidences.indexOf(confidence) <= confidences.indexOf(options.minimumConfidence));
  const hide = createHiding(textOf);
  return {
    ...{ tool: options.tool, audit, failOn: options.failOn },
    findings: shown.map((finding) => reported(hide(finding), options)),
    left: { severity: audit.findings.length - severe.length, confidence: severe.length - shown.length },
  };
}

function reported(finding: AuditedFinding, { baseline, failOn }: ReportOptions): ReportedFinding {
  const baselined = baseline.has(finding.fingerprint);
  const fails = severityRank(finding.severity) <= severityRank(failOn) && finding.decision === null && !baselined;
  return { ...finding, baselined, fails };
}

/** Hides a file's secrets wherever one of its findings repeats them, also where their name is not beside them. */
function createHiding(textOf: Analysis["textOf"]): (finding: AuditedFinding) => AuditedFinding {
  const redactors = new Map<string, (text: string) => string>();
  const redactorFor = (path: string): ((text: string) => string) => {
    const redactor = redactors.get(path) ?? createRedactor(secretsIn(textOf(path) ?? ""));
    redactors.set(path, redactor);
    return redactor;
  };
  return (finding) => {
    const hide = redactorFor(finding.place.path);
    return {
      ...finding,
      ...{ text: hide(finding.text), message: hide(finding.message), why: hide(finding.why), instead: hide(finding.instead) },
      evidence: finding.evidence.map(({ place, note }) => ({ place, note: redactorFor(place.path)(hide(note)) })),
    };
  };
}
