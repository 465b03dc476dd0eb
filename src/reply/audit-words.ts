import type { AuditReport, ReportedFinding } from "../model/audit.js";
import { severityCounts } from "./severity.js";
import { count, day } from "./text.js";

/** Findings a reader still has to think about: neither decided nor known from the baseline. */
export function openFindings({ findings }: AuditReport): readonly ReportedFinding[] {
  return findings.filter(({ decision, baselined }) => decision === null && !baselined);
}

/** Findings by file, the file with the worst one first; within a file by line. */
export function byFile(findings: readonly ReportedFinding[]): readonly (readonly [string, readonly ReportedFinding[]])[] {
  const files = new Map<string, ReportedFinding[]>();
  for (const finding of findings) files.set(finding.place.path, [...(files.get(finding.place.path) ?? []), finding]);
  return [...files].map(([path, inFile]) => [path, inFile.sort((left, right) => left.place.line - right.place.line)]);
}

/** "402 files, 38,211 lines, commit 1a2b3c4d5e6f, in 1.9 s". */
export function scopeSentence({ audit }: AuditReport): string {
  const commit = audit.commit === null ? "" : `, commit ${audit.commit.slice(0, 12)}`;
  const seconds = (audit.timing.totalMs / 1_000).toFixed(1);
  return `${count(audit.filesRead, "file")}, ${count(audit.lines, "line").replace(/\B(?=(\d{3})+ )/g, ",")}${commit}, in ${seconds} s`;
}

/** "7 findings: 2 high, 5 medium." or "Nothing found." */
export function countSentence(report: AuditReport): string {
  const open = openFindings(report);
  return open.length === 0 ? "Nothing to report." : `${count(open.length, "finding")}: ${severityCounts(open)}.`;
}

/** What is not among the findings, and how to see it; each a sentence. */
export function leftOut(report: AuditReport): readonly string[] {
  const { audit, findings, left } = report;
  const decided = findings.filter(({ decision }) => decision !== null).length;
  const baselined = findings.filter((finding) => finding.baselined && finding.decision === null).length;
  const sentences: readonly (readonly [number, string])[] = [
    [decided, `${count(decided, "finding")} decided by the team (guard decisions).`],
    [audit.ignored.length, `${count(audit.ignored.length, "finding")} ignored by a comment in the code.`],
    [baselined, `${count(baselined, "finding")} known from the baseline.`],
    [left.confidence, `${count(left.confidence, "possible finding")} not shown (guard audit --all).`],
    [left.severity, `${count(left.severity, "finding")} below the asked severity.`],
    [
      audit.filesDamaged.length,
      `${count(audit.filesDamaged.length, "file")} with code the parser could not read; the rest of them was analysed.`,
    ],
    ...skippedSentences(report),
  ];
  return sentences.filter(([amount]) => amount > 0).map(([, sentence]) => sentence);
}

function skippedSentences({ audit }: AuditReport): (readonly [number, string])[] {
  const named = audit.filesSkipped.slice(0, namedSkips).map(({ path, reason }) => `${path} was not read: ${reason.replaceAll("_", " ")}.`);
  const others = audit.filesSkipped.length - named.length;
  return [
    ...named.map((sentence) => [1, sentence] as const),
    [others, `${count(others, "more file")} not read (--format json lists them).`],
  ];
}

const namedSkips = 10;

/** "rejected on 2026-11-23 by Ada: too small to matter". */
export function decisionSentence({ decision }: ReportedFinding): string | null {
  return decision === null ? null : `${decision.verdict} on ${day(decision.at)} by ${decision.byName}: ${decision.reason}`;
}
