import { limits } from "./limits.js";

const invisibleBreak = "\u200b";

/**
 * Makes any text safe to stand in Slack mrkdwn: entities escaped, so no `<!channel>` or `<@U…>` in it is live, and bare
 * `@here`, `@channel`, `@everyone` broken by an invisible character. Everything Guard did not write itself passes here, once.
 */
export function escape(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@(?=(?:here|channel|everyone)\b)/gi, `@${invisibleBreak}`);
}

/** Text as inline code; backticks inside would end it, so they become quotes. */
export function inlineCode(text: string): string {
  const line = oneLine(text).replace(/`/g, "'");
  return line === "" ? "" : `\`${escape(line)}\``;
}

/** All white space, line breaks included, as single spaces. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A link with its label; only http(s) addresses become links, others are dropped and the label stands alone. */
export function link(address: string | null, label: string): string {
  const fits = address !== null && /^https?:\/\/[^\s<>|]+$/.test(address) && address.length <= limits.url;
  return fits ? `<${address.replace(/&/g, "&amp;")}|${escape(oneLine(label)).replace(/\|/g, "¦")}>` : inlineCode(label);
}

/** Shortens one line to `most` characters, saying so with an ellipsis. Only for titles and labels: what matters is split, not cut. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  if (text.length <= most) return text;
  let kept = "";
  for (const character of characters) {
    if (kept.length + character.length > most - 1) break;
    kept += character;
  }
  return `${kept.replace(/&(?:a|am|amp|l|lt|g|gt)?$/, "").trimEnd()}…`;
}

const boundaries = [/\n\n/g, /\n/g, /(?<=[.!?:;])\s/g, /\s/g];

/** Splits text at the largest unit of meaning that fits (paragraph, line, sentence, word) into parts of at most `most` characters. Nothing is lost but the white space at the cuts. */
export function splitText(text: string, most: number = limits.messageText): readonly string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > most) {
    const at = cutAt(rest, most);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return rest === "" ? parts : [...parts, rest];
}

function cutAt(text: string, most: number): number {
  const window = text.slice(0, most + 1);
  for (const boundary of boundaries) {
    const last = [...window.matchAll(boundary)].map((match) => match.index).findLast((index) => index > most / 4 && index <= most);
    if (last !== undefined) return last;
  }
  return whole(text, most);
}

/** Steps back from a cut inside a surrogate pair or an entity such as `&amp;`. */
function whole(text: string, at: number): number {
  const entity = text.lastIndexOf("&", at - 1);
  if (entity > at - 5 && entity > 0 && /^&(?:amp|lt|gt);/.test(text.slice(entity))) return entity;
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
}

/** Splits code between lines into parts of at most `most` characters, indentation kept; only a longer single line is broken. Empty lines at the ends go. */
export function splitLines(code: string, most: number): readonly string[] {
  const parts: string[] = [];
  let part = "";
  const pieces = code
    .replace(/^(?:[ \t]*\n)+|\s+$/g, "")
    .split("\n")
    .flatMap((line) => chop(line, most));
  for (const piece of pieces) {
    if (part !== "" && part.length + 1 + piece.length > most) {
      parts.push(part);
      part = piece;
    } else part = part === "" ? piece : `${part}\n${piece}`;
  }
  return part === "" ? parts : [...parts, part];
}

function chop(line: string, most: number): readonly string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > most) {
    const at = whole(rest, most);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}

/** `2026-11-23`, in UTC. */
export function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** "1 problem", "3 problems". */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : plural}`;
}
