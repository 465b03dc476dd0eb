import type { Severity } from "../model/finding.js";
import type { Consultation } from "../model/consultation.js";
import type { Problem } from "../model/intervention.js";

/** One firm sentence: what to do with the code, how many problems there are, and which is the worst. */
export function verdictOf(consultation: Consultation, problems: readonly Problem[], settled: number, claudeAnswered: boolean): string {
  const subject = subjectOf(consultation);
  const [worst, ...others] = problems;
  if (worst === undefined) return clean(subject, settled, consultation, claudeAnswered);
  const first = `${worst.title.replace(/[.\s]+$/, "")} (\`${worst.place.path}:${worst.place.line}\`)`;
  const more = others.length === 0 ? "" : `, and ${others.length} more ${others.length === 1 ? "problem" : "problems"}`;
  return `${calls[worst.severity](subject, consultation.sources.length > 1)}: ${first}${more}.`;
}

const calls: Readonly<Record<Severity, (subject: string, several: boolean) => string>> = {
  critical: (subject, several) => `Do not ship ${subject} as ${several ? "they stand" : "it stands"}`,
  high: (subject, several) => `Fix ${subject} before ${several ? "they ship" : "it ships"}`,
  medium: (subject) => `Plan a change to ${subject}`,
  low: (subject) => `Only small things to mend in ${subject}`,
};

function clean(subject: string, settled: number, consultation: Consultation, claudeAnswered: boolean): string {
  const lines = consultation.sources.reduce((sum, source) => sum + linesOf(source), 0);
  if (settled > 0) return `Nothing new to fix in ${subject}: what was found there the team has already decided on.`;
  return `Nothing to fix in ${subject}: ${claudeAnswered ? "neither the detectors nor Claude found" : "no detector found"} a problem in ${lines === 1 ? "its line" : `its ${lines} lines`}.`;
}

function linesOf(source: Consultation["sources"][number]): number {
  if (source.lines !== null) return source.lines.last - source.lines.first + 1;
  return source.text === "" ? 0 : source.text.replace(/\n$/, "").split("\n").length;
}

function subjectOf({ sources }: Consultation): string {
  const names = sources.map((source) => `\`${source.path}${source.lines === null ? "" : `:${source.lines.first}-${source.lines.last}`}\``);
  if (names.length <= 2) return names.join(" and ");
  return `${names[0]} and ${names.length - 1} other files`;
}
