import type { AuditReport, ReportedFinding } from "../model/audit.js";
import { byFile, countSentence, decisionSentence, leftOut, openFindings, scopeSentence } from "./audit-words.js";

/** A whole audit as a Markdown document. */
export function auditMarkdown(report: AuditReport): string {
  const decided = report.findings.flatMap((finding) => {
    const sentence = decisionSentence(finding);
    return sentence === null ? [] : [`- \`${finding.rule}\` at \`${finding.place.path}:${finding.place.line}\`: ${sentence}`];
  });
  return [
    "# Audit",
    `${countSentence(report)} ${scopeSentence(report)}.`,
    ...byFile(openFindings(report)).map(([path, findings]) => [`## ${inCode(path)}`, ...findings.map(findingMarkdown)].join("\n\n")),
    ...(report.audit.checklist.length === 0 ? [] : ["## The project as a whole", checklistTable(report)]),
    ...(decided.length === 0 ? [] : ["## Decided", decided.join("\n")]),
    ...(leftOut(report).length === 0
      ? []
      : [
          "## Not listed",
          leftOut(report)
            .map((sentence) => `- ${sentence}`)
            .join("\n"),
        ]),
    "",
  ].join("\n\n");
}

function findingMarkdown(finding: ReportedFinding): string {
  const { place, severity, confidence, rule } = finding;
  return [
    `### Line ${place.line}: ${rule} (${severity}, ${confidence})`,
    fence(finding.text, place.path),
    `${finding.message} ${finding.why}`,
    `**Instead:** ${finding.instead}`,
    ...(finding.evidence.length === 0
      ? []
      : [finding.evidence.map((step) => `- \`${step.place.path}:${step.place.line}\` ${step.note}`).join("\n")]),
  ].join("\n\n");
}

function checklistTable({ audit }: AuditReport): string {
  const rows = audit.checklist.map(({ item, present, evidence }) => {
    const places = evidence.map(({ path, line, note }) => `\`${path}:${line}\` ${note.replaceAll("|", "\\|")}`).join("<br>");
    return `| ${item} | ${present ? "yes" : "no"} | ${places} |`;
  });
  return ["| | present | where |", "|---|---|---|", ...rows].join("\n");
}

const languages: Readonly<Record<string, string>> = {
  ex: "elixir",
  exs: "elixir",
  heex: "heex",
  eex: "eex",
  leex: "eex",
  sql: "sql",
  py: "python",
  js: "javascript",
  ts: "typescript",
};

/** A code block whose fence is longer than any inside it. */
export function fence(code: string, path: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${languages[path.split(".").at(-1) ?? ""] ?? ""}\n${code.replace(/\n+$/, "")}\n${ticks}`;
}

function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}
