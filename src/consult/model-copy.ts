import { createRedactor, secretsIn } from "../model/redact.js";
import type { SecretKind } from "../model/redact.js";

/** Characters that people don't see and a model reads: zero-width, bidirectional controls, fillers, variation selectors, other control characters, tag letters. */
const invisible =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{e01ef}]/gu;

/** One line per line of the source, with nothing invisible in it. */
export function withoutInvisible(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(invisible, "");
}

/** 1-based lines that hold characters people don't see. */
export function linesWithInvisible(text: string): number[] {
  return text
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .flatMap((line, index) => (line.search(invisible) === -1 ? [] : [index + 1]));
}

/** The text as it may leave the machine: secrets replaced, nothing invisible, every line under its own number. */
export type ModelCopy = (text: string) => string;

/** A copier that also hides, wherever it is quoted, every secret found in the given texts. */
export function createModelCopy(texts: readonly string[]): ModelCopy {
  const secrets = new Map<string, SecretKind>();
  for (const text of texts) for (const [secret, kind] of secretsIn(text)) secrets.set(secret, kind);
  const redactor = createRedactor(secrets);
  return (text) => redactor(withoutInvisible(text));
}
