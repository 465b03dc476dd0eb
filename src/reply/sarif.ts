import type { AuditReport, ReportedFinding } from "../model/audit.js";
import type { Area, Severity } from "../model/finding.js";
import type { Place } from "../model/span.js";

/** A rule as a scanner's catalogue shows it. */
export interface CatalogueRule {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  readonly severity: Severity;
  readonly cwe: readonly string[];
  readonly help: string;
}

type Json = Readonly<Record<string, unknown>>;

const levels = { critical: "error", high: "error", medium: "warning", low: "note" } as const;
/** The scale code-scanning pages sort by; the middle of each band they document for CVSS. */
const securitySeverity = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" } as const;
const sourceRoot = "%SRCROOT%";

/** The report as SARIF 2.1.0: decided findings are suppressed with the reason, baselined ones are `unchanged`. */
export function auditSarif(report: AuditReport, catalogue: readonly CatalogueRule[]): Json {
  const indexOf = new Map(catalogue.map((rule, index) => [rule.id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: report.tool.name, semanticVersion: report.tool.version, rules: catalogue.map(ruleDescriptor) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(report) }],
        ...(report.audit.commit === null ? {} : { versionControlProvenance: provenance(report) }),
        results: report.findings.map((finding) => result(finding, indexOf.get(finding.rule))),
      },
    ],
  };
}

function ruleDescriptor({ id, title, area, severity, cwe, help }: CatalogueRule): Json {
  return {
    id,
    shortDescription: { text: title },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: [area, ...cwe.map((weakness) => `external/cwe/${weakness.toLowerCase()}`)],
      ...(cwe.length === 0 ? {} : { "security-severity": securitySeverity[severity] }),
    },
  };
}

function result(finding: ReportedFinding, ruleIndex: number | undefined): Json {
  return {
    ruleId: finding.rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: levels[finding.severity],
    message: { text: `${finding.message} ${finding.why} ${finding.instead}` },
    locations: [location(finding.place)],
    relatedLocations: finding.evidence.map(({ place, note }, id) => ({ id, ...location(place), message: { text: note } })),
    partialFingerprints: { "guardFinding/v1": finding.fingerprint },
    baselineState: finding.baselined ? "unchanged" : "new",
    suppressions:
      finding.decision === null
        ? []
        : [{ kind: "external", status: "accepted", justification: `${finding.decision.verdict}: ${finding.decision.reason}` }],
    properties: { confidence: finding.confidence, severity: finding.severity, trigger: finding.trigger, area: finding.area },
  };
}

function location({ path, line, column, endLine, endColumn }: Place): Json {
  return {
    physicalLocation: {
      artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: sourceRoot },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}

function notifications({ audit }: AuditReport): Json[] {
  return audit.filesSkipped.map(({ path, reason }) => ({
    level: "warning",
    message: { text: `${path} was not read: ${reason.replaceAll("_", " ")}.` },
  }));
}

function provenance({ audit }: AuditReport): Json[] {
  const isUrl = /^(https?|ssh):\/\//.test(audit.root);
  return isUrl ? [{ repositoryUri: audit.root, revisionId: audit.commit }] : [];
}
