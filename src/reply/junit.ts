import type { AuditReport, ReportedFinding } from "../model/audit.js";

/** The report as JUnit XML: a suite a rule, a case a finding. What fails the run is a failure, what was decided or baselined is skipped. */
export function auditJunit(report: AuditReport, rules: readonly string[]): string {
  const suites = rules.map((rule) =>
    suite(
      rule,
      report.findings.filter((finding) => finding.rule === rule),
    ),
  );
  const seconds = (report.audit.timing.totalMs / 1_000).toFixed(3);
  const counts = { tests: totalOf(suites, "tests"), failures: totalOf(suites, "failures"), skipped: totalOf(suites, "skipped") };
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="${report.tool.name}" tests="${counts.tests}" failures="${counts.failures}" errors="0" skipped="${counts.skipped}" time="${seconds}">`,
    ...suites.map(({ xml }) => xml),
    "</testsuites>",
    "",
  ].join("\n");
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly xml: string;
}

function suite(rule: string, findings: readonly ReportedFinding[]): Suite {
  const cases = findings.length === 0 ? [`    <testcase classname="${xml(rule)}" name="no findings"/>`] : findings.map(testCase);
  const failures = findings.filter(({ fails }) => fails).length;
  const skipped = findings.filter((finding) => skipReason(finding) !== null).length;
  const opening = `  <testsuite name="${xml(rule)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">`;
  return { tests: cases.length, failures, skipped, xml: [opening, ...cases, "  </testsuite>"].join("\n") };
}

function testCase(finding: ReportedFinding): string {
  const { path, line, column } = finding.place;
  const opening = `    <testcase classname="${xml(finding.rule)}" name="${xml(`${path}:${line}:${column}`)}" file="${xml(path)}" line="${line}">`;
  return [opening, `      ${verdict(finding)}`, "    </testcase>"].join("\n");
}

function verdict(finding: ReportedFinding): string {
  const words = [finding.message, finding.why, finding.instead].join("\n");
  const skipped = skipReason(finding);
  if (skipped !== null) return `<skipped message="${xml(skipped)}"/>`;
  if (!finding.fails) return `<system-out>${xml(`${finding.severity}: ${words}`)}</system-out>`;
  return `<failure type="${finding.severity}" message="${xml(finding.message)}">${xml(words)}</failure>`;
}

function skipReason({ decision, baselined }: ReportedFinding): string | null {
  if (decision !== null) return `${decision.verdict} by ${decision.byName}: ${decision.reason}`;
  return baselined ? "known from the baseline" : null;
}

function totalOf(suites: readonly Suite[], count: "tests" | "failures" | "skipped"): number {
  return suites.reduce((sum, each) => sum + each[count], 0);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;" };

/** Text for XML 1.0: characters it does not allow at all are replaced. */
function xml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
    .replace(/[&<>"\n\t]/g, (character) => entities[character] ?? character);
}
