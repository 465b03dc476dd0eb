import colours from "picocolors";
import type { AuditReport, ReportedFinding } from "../model/audit.js";
import type { Severity } from "../model/finding.js";
import { byFile, countSentence, leftOut, openFindings, scopeSentence } from "./audit-words.js";
import { shorten } from "./text.js";

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns to wrap at. */
  readonly width: number;
}

export type Paint = ReturnType<typeof colours.createColors>;

/** Colours, or the same functions doing nothing. */
export function createPaint(colour: boolean): Paint {
  return colours.createColors(colour);
}

/** Severity in the colour people expect of it; the word always stands there too. */
export function paintSeverity(paint: Paint, severity: Severity, text: string = severity): string {
  switch (severity) {
    case "critical":
      return paint.bold(paint.red(text));
    case "high":
      return paint.red(text);
    case "medium":
      return paint.yellow(text);
    case "low":
      return paint.blue(text);
  }
}

/** Wraps words at `width` and indents every line; words are never broken, so code and paths can be copied. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && indent.length + line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => (line === "" ? "" : indent + line)).join("\n");
}

/** A whole audit for reading in a terminal: findings by file, then what the project has and lacks, then the counts. */
export function auditTerminal(report: AuditReport, { colour, width }: TerminalOptions): string {
  const paint = createPaint(colour);
  const files = byFile(openFindings(report)).map(([path, findings]) =>
    [paint.bold(paint.underline(path)), ...findings.map((finding) => findingLines(finding, paint, width))].join("\n"),
  );
  const summary = [paint.bold(countSentence(report)), paint.dim(`${report.audit.root}: ${scopeSentence(report)}.`)];
  const notes = leftOut(report).map((sentence) => paint.dim(sentence));
  const checklist = report.audit.checklist.length === 0 ? [] : [checklistLines(report, paint)];
  return [...files, ...checklist, [...summary, ...notes].join("\n"), ""].join("\n\n");
}

function findingLines(finding: ReportedFinding, paint: Paint, width: number): string {
  const { place, severity, confidence, rule, fingerprint } = finding;
  const sure = confidence === "certain" ? "" : ` ${confidence}`;
  const [firstLine = ""] = finding.text.trim().split("\n");
  return [
    "",
    `  ${paint.bold(`${place.line}:${place.column}`)}  ${paintSeverity(paint, severity)}${paint.dim(sure)}  ${paint.cyan(rule)}  ${paint.dim(fingerprint.slice(0, 8))}`,
    paint.dim(`    │ ${shorten(firstLine, width - 6)}`),
    wrap(finding.message, width, "    "),
    paint.dim(wrap(finding.why, width, "    ")),
    wrap(`→ ${finding.instead}`, width, "    "),
    ...finding.evidence.map((step) => paint.dim(`    ${step.place.path}:${step.place.line}  ${step.note}`)),
  ].join("\n");
}

function checklistLines({ audit }: AuditReport, paint: Paint): string {
  const widest = Math.max(...audit.checklist.map(({ item }) => item.length), 0);
  const lines = audit.checklist.map(({ item, present, evidence }) => {
    const place = evidence[0] === undefined ? "nothing found" : `${evidence[0].path}:${evidence[0].line} ${evidence[0].note}`;
    return `  ${present ? paint.green("✓") : paint.yellow("✗")} ${item.padEnd(widest)}  ${paint.dim(place)}`;
  });
  return [paint.bold("The project as a whole"), ...lines].join("\n");
}
