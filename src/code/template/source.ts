import type { Span } from "../../model/span.js";

/** The stretch of text a template occupies. What is looked up again and again is found once, so that no input costs quadratic time. */
export interface TemplateSource {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The offset after which no `%>` begins. */
  readonly lastTagEnd: number;
  /** The offset after which no `>` stands. */
  readonly lastAngle: number;
  /** Where each closed `{` has its `}`. */
  readonly braces: ReadonlyMap<number, number>;
}

export function createSource(text: string, span: Span, language: "heex" | "eex"): TemplateSource {
  const lastTagEnd = text.lastIndexOf("%>", span.end - 2);
  const lastAngle = text.lastIndexOf(">", span.end - 1);
  const braces = language === "heex" ? pairBraces(text, span) : new Map<number, number>();
  return { text, start: span.start, end: span.end, lastTagEnd, lastAngle, braces };
}

// Strings are not looked into: Phoenix counts braces the same way.
function pairBraces(text: string, span: Span): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let at = span.start; at < span.end; at += 1) {
    const character = text[at];
    if (character === "\\") at += 1;
    else if (character === "{") open.push(at);
    else if (character === "}") {
      const opening = open.pop();
      if (opening !== undefined) pairs.set(opening, at);
    }
  }
  return pairs;
}

/** The span of the `{…}` that begins at `at`; null when it is never closed. */
export function bracesAt(source: TemplateSource, at: number): Span | null {
  const close = source.braces.get(at);
  return close === undefined ? null : { start: at, end: close + 1 };
}
