const rawSigil = /(~[A-Z][A-Z0-9]*(?:"|'|\||\/|\(|\[|\{|<)[^\n]*?)\\\\(?=["'|/)\]}>])/g;

/**
 * The text with `\\` before the end of an uppercase sigil (`~S(\\)`) written as two other characters, for parsing alone: the
 * grammar takes the second backslash for an escape of the delimiter and loses the rest of the file. Offsets stay. Null when there is none.
 */
export function withPlainRawSigils(text: string): string | null {
  if (!text.includes("\\\\")) return null;
  const replaced = text.replace(rawSigil, "$1__");
  return replaced === text ? null : replaced;
}
