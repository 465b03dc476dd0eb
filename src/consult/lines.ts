import type { Consultation } from "../model/consultation.js";

/** Lines quoted of a long span at most. */
const quotedLines = 12;

/** Text of a reviewed or evidence file; what was pasted or attached is found too. */
export function textAt(consultation: Pick<Consultation, "sources" | "textOf">, path: string): string | null {
  return consultation.sources.find((source) => source.path === path)?.text ?? consultation.textOf(path);
}

/** Whole lines, verbatim; the first twelve when there are more. */
export function quoteLines(text: string, line: number, endLine: number): string {
  return text
    .split(/\r?\n/)
    .slice(line - 1, Math.min(endLine, line + quotedLines - 1))
    .join("\n");
}
