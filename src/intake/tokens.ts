import type { LineRange } from "../model/source.js";

/** One word of a message without its punctuation; `quoted` when it stood in backticks. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Words longer than this point at nothing. */
const longestToken = 1_000;

/** Cuts prose into words. Brackets, quotation marks, emphasis and closing punctuation around a word are not part of it. */
export function tokensOf(text: string): Token[] {
  return text
    .split(/\s+/u)
    .filter((word) => word !== "" && word.length <= longestToken)
    .map(bare)
    .filter((token) => token.text !== "");
}

function bare(word: string): Token {
  let text = word;
  let quoted = false;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/^[([{<"'“‘*~]/u, "").replace(/[\])}>"'”’*~,.;:!?…]$/u, "");
    if (text.startsWith("`") || text.endsWith("`")) quoted = true;
    text = text.replace(/^`/, "").replace(/`$/, "");
    if (/^_.*_$/.test(text)) text = text.slice(1, -1);
  }
  // A call keeps the bracket that closes it.
  return { text: text.includes("(") && !text.includes(")") ? `${text})` : text, quoted };
}

/** Takes `:10`, `:10-40`, `:10:5`, `#L10` or `#L10-L40` off the end of a word. */
export function splitLines(text: string): { readonly body: string; readonly lines: LineRange | null } {
  const hash = text.indexOf("#");
  if (hash !== -1) return { body: text.slice(0, hash), lines: readLines(text.slice(hash + 1)) };
  const written = /:(\d{1,9}(?:[-–]L?\d{1,9})?)(?::\d{1,9})?$/.exec(text);
  return written === null ? { body: text, lines: null } : { body: text.slice(0, written.index), lines: readLines(written[1] ?? "") };
}

/** `10`, `10-40`, `L10-L40`, `L10C2-L40C9` as a range, its ends in order; null for anything else. */
export function readLines(text: string): LineRange | null {
  const written = /^L?(\d{1,9})(?:C\d{1,9})?(?:(?:[-–]|\.\.)L?(\d{1,9})(?:C\d{1,9})?)?$/.exec(text);
  if (written === null) return null;
  const first = Number(written[1]);
  const last = Number(written[2] ?? written[1]);
  return { first: Math.min(first, last), last: Math.max(first, last) };
}
