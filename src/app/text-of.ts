import type { SourceTree } from "../model/tree.js";
import type { Recalled } from "./collect-facts.js";
import { decodeSource } from "./decode.js";

/**
 * Texts of the analysed files by path: those that were read, and the others when they are first asked for, because few of them are.
 * Null for what is no file of the project, and for one that changed since it was listed: its facts would not fit.
 */
export function createTextOf(tree: SourceTree, { entries, remembered, read }: Recalled): (path: string) => string | null {
  const texts = new Map<string, string | null>(read.sources.map(({ entry, text }) => [entry.path, text]));
  const unread = new Map(entries.map((entry) => [entry.path, entry]));
  const readLate = (path: string): string | null => {
    const entry = remembered.has(path) ? unread.get(path) : undefined;
    const bytes = entry === undefined ? null : (tree.readNow?.(entry) ?? null);
    const decoded = bytes === null ? null : decodeSource(bytes);
    return decoded?.kind === "text" ? decoded.text : null;
  };
  return (path) => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = readLate(path);
    texts.set(path, text);
    return text;
  };
}
