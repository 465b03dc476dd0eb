import { createHash } from "node:crypto";

/** Source text without comments at line ends, with every run of blanks as one space and none beside brackets and commas, so that formatting and moving do not change a hash. */
export function normalisedCode(text: string): string {
  return text
    .replace(/(^|\s)#(?!\{).*$/gm, "$1")
    .replace(/\s+/g, " ")
    .replace(/ ?([()[\]{},|]) ?/g, "$1")
    .trim();
}

/** Hex hash of normalised code, 32 digits. createHash is a pure function of its input, so the core may use it. */
export function codeHash(text: string): string {
  return hashOf([normalisedCode(text)]);
}

/** Identity of a finding that survives moved lines: rule, enclosing definition, normalised text, and ordinal among equals. */
export function fingerprintOf(rule: string, enclosing: string, text: string, ordinal: number): string {
  return hashOf([rule, enclosing, normalisedCode(text), String(ordinal)]);
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}
