import type { SkippedFile, SourceTree, TreeEntry } from "../model/tree.js";
import { decodeSource, maximumFileBytes } from "./decode.js";

export interface SourceText {
  readonly entry: TreeEntry;
  readonly text: string;
}

export interface ReadSources {
  readonly sources: readonly SourceText[];
  readonly skipped: readonly SkippedFile[];
}

/** Texts of the given entries in their order; each file left out says why. */
export async function readSources(tree: SourceTree, entries: readonly TreeEntry[], signal?: AbortSignal): Promise<ReadSources> {
  const sources: SourceText[] = [];
  const skipped: SkippedFile[] = entries.filter(isTooLarge).map(({ path }) => ({ path, reason: "too_large" }));
  const readable = entries.filter((entry) => !isTooLarge(entry));
  for await (const { entry, bytes } of tree.read(readable, signal)) {
    const decoded = bytes === null ? ({ kind: "skipped", reason: "not_readable" } as const) : decodeSource(bytes);
    if (decoded.kind === "skipped") {
      skipped.push({ path: entry.path, reason: decoded.reason });
      continue;
    }
    sources.push({ entry, text: decoded.text });
  }
  signal?.throwIfAborted();
  return { sources, skipped };
}

function isTooLarge(entry: TreeEntry): boolean {
  return entry.size > maximumFileBytes;
}
