import { createHash } from "node:crypto";

/**
 * Wraps text that strangers wrote. The tag carries a hash of the text itself, so no author can write the closing tag into
 * it, and anything that looks like the tag is broken up; the same text always gives the same bytes.
 */
export function fence(kind: string, attributes: Readonly<Record<string, string>>, text: string): string {
  const seal = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const tag = `untrusted-${kind}-${seal}`;
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`);
  return `<${tag}${written.join("")}>\n${text.replace(/<(\/?)untrusted/gi, "<$1 untrusted")}\n</${tag}>`;
}

function escapeAttribute(value: string): string {
  return value
    .replace(/[\r\n]+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/"/g, "&quot;")
    .replace(/</g, "&lt;");
}

/** The lines with their numbers, from `first` on: `  12| code`. */
export function numbered(lines: readonly string[], first: number): string {
  const width = String(first + lines.length - 1).length;
  return lines.map((line, index) => `${String(first + index).padStart(width)}| ${line}`).join("\n");
}
