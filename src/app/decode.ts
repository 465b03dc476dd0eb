import type { SkipReason } from "../model/tree.js";

/** Files above either bound are left out of analysis and said to be. */
export const maximumFileBytes = 5_000_000;
export const maximumFileLines = 200_000;

export type Decoded = { readonly kind: "text"; readonly text: string } | { readonly kind: "skipped"; readonly reason: SkipReason };

const utf8 = new TextDecoder("utf-8", { fatal: true });
const latin1 = new TextDecoder("latin1");

/** Bytes of a source file as text: UTF-8 (a byte order mark is dropped), else Latin-1; anything that is not text says why. */
export function decodeSource(bytes: Uint8Array): Decoded {
  if (bytes.length > maximumFileBytes) return { kind: "skipped", reason: "too_large" };
  if (bytes.includes(0)) return { kind: "skipped", reason: "binary" };
  const text = textOf(bytes);
  if (text === null) return { kind: "skipped", reason: "not_utf8_or_latin1" };
  return lineCountOf(text) > maximumFileLines ? { kind: "skipped", reason: "too_many_lines" } : { kind: "text", text };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.every(isLatin1Text) ? latin1.decode(bytes) : null;
  }
}

/** Every byte decodes as Latin-1; control characters other than blanks and escape tell that it is something else. */
function isLatin1Text(byte: number): boolean {
  return byte >= 0xa0 || (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
}

/** Lines as an editor counts them: a newline at the end does not begin another one. */
export function lineCountOf(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return text === "" || text.endsWith("\n") ? lines : lines + 1;
}
