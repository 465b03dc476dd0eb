import type { SourceTree, TreeEntry } from "../model/tree.js";

/** Paths whose bytes differ from the older tree, or that it does not have: a comparison of blob ids, nothing is read. */
export async function changedSince(entries: readonly TreeEntry[], older: SourceTree): Promise<ReadonlySet<string>> {
  const before = new Map((await older.list()).map(({ path, blob }) => [path, blob]));
  return new Set(entries.filter(({ path, blob }) => before.get(path) !== blob).map(({ path }) => path));
}
