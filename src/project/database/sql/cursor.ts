import { unknownText } from "../constants.js";
import type { Token } from "./tokens.js";

/** Reads tokens from left to right. */
export interface Cursor {
  readonly peek: (ahead?: number) => Token | undefined;
  readonly next: () => Token | undefined;
  /** Takes the words when they come next, all of them or none. */
  readonly take: (...words: readonly string[]) => boolean;
  /** Takes `name`, `schema.name` or quoted forms; the public schema and an unknown one are left out. */
  readonly name: () => string | null;
  /** The tokens inside the parentheses that come next, without them; null when none come. */
  readonly group: () => readonly Token[] | null;
  readonly done: () => boolean;
  readonly rest: () => readonly Token[];
}

export function createCursor(tokens: readonly Token[]): Cursor {
  let at = 0;
  const peek = (ahead = 0): Token | undefined => tokens[at + ahead];
  const next = (): Token | undefined => tokens[at++];
  const take = (...words: readonly string[]): boolean => {
    if (!words.every((word, position) => isText(peek(position), word))) return false;
    at += words.length;
    return true;
  };
  const name = (): string | null => {
    if (peek()?.type !== "word") return null;
    const parts = [next()?.text ?? ""];
    while (take(".")) parts.push(next()?.text ?? "");
    return parts.length > 1 && (parts[0] === "public" || parts[0] === unknownText) ? parts.slice(1).join(".") : parts.join(".");
  };
  const group = (): readonly Token[] | null => {
    if (!isText(peek(), "(")) return null;
    const start = at + 1;
    let depth = 0;
    while (at < tokens.length) {
      const token = next();
      if (isText(token, "(")) depth += 1;
      if (isText(token, ")")) depth -= 1;
      if (depth === 0) return tokens.slice(start, at - 1);
    }
    return tokens.slice(start);
  };
  return { peek, next, take, name, group, done: () => at >= tokens.length, rest: () => tokens.slice(at) };
}

export function isText(token: Token | undefined, text: string): boolean {
  return token !== undefined && token.text === text && !token.quoted;
}

/** Splits tokens at commas outside parentheses. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isText(token, "(")) depth += 1;
    if (isText(token, ")")) depth -= 1;
    if (depth === 0 && isText(token, ",")) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/** The written text that tokens cover. */
export function textBetween(text: string, tokens: readonly Token[]): string {
  const [first] = tokens;
  return first === undefined ? "" : text.slice(first.start, tokens.at(-1)?.end).replace(/\s+/g, " ");
}
