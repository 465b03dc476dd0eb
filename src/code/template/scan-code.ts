import type { TemplateSource } from "./source.js";
import { bracesAt } from "./source.js";
import type { CodeToken, NoteToken } from "./tokens.js";

/** The `<% … %>` tag that begins at `at`, or null when it is escaped (`<%%`) or never closed. */
export function scanTag(source: TemplateSource, at: number): CodeToken | NoteToken | null {
  const { text } = source;
  if (at > source.lastTagEnd) return null;
  if (text.startsWith("<%!--", at)) return note(source, at, "--%>");
  const mark = text[at + 2];
  if (mark === "%") return null;
  if (mark === "#") return note(source, at, "%>");
  const close = text.indexOf("%>", at + 2);
  if (close === -1 || close >= source.end) return null;
  const start = mark === "=" || mark === "|" || mark === "/" ? at + 3 : at + 2;
  const code = { start: Math.min(start, close), end: close };
  return { kind: "code", form: mark === "=" ? "output" : "statement", code, span: { start: at, end: close + 2 } };
}

/** The `{…}` in a body that begins at `at`; null when it is never closed. */
export function scanCurly(source: TemplateSource, at: number): CodeToken | null {
  const span = bracesAt(source, at);
  return span === null ? null : { kind: "code", form: "curly", code: { start: span.start + 1, end: span.end - 1 }, span };
}

// A comment without its closing runs to the end: Phoenix refuses the file, and nothing after it can be trusted.
function note(source: TemplateSource, at: number, closing: string): NoteToken {
  const close = source.text.indexOf(closing, at + 2);
  const end = close === -1 || close >= source.end ? source.end : close + closing.length;
  return { kind: "note", span: { start: at, end } };
}
