import { createHash } from "node:crypto";
import type { ResolvedSource } from "../model/source.js";
import type { SourceTree, TreeEntry } from "../model/tree.js";

/**
 * The tree with attached and pasted code laid into it, so that it is analysed among the project it was written for;
 * without a tree, the pasted code is the whole project.
 */
export function withPastedCode(tree: SourceTree | null, sources: readonly ResolvedSource[]): SourceTree {
  const pasted = new Map(sources.filter((source) => tree === null || isPasted(source)).map((source) => [source.path, entryOf(source)]));
  if (tree !== null && pasted.size === 0) return tree;
  return {
    root: tree?.root ?? "pasted code",
    commit: tree?.commit ?? null,
    workingTree: tree?.workingTree ?? false,
    list: async () => {
      const kept = (await tree?.list())?.filter(({ path }) => !pasted.has(path)) ?? [];
      return [...kept, ...[...pasted.values()].map(({ entry }) => entry)];
    },
    read: async function* (entries, signal) {
      const fromTree = entries.filter(({ path }) => !pasted.has(path));
      if (tree !== null) yield* tree.read(fromTree, signal);
      for (const { path } of entries) {
        const laid = pasted.get(path);
        if (laid !== undefined) yield laid;
      }
    },
  };
}

/** Code that came with the message itself belongs to no repository. */
export function isPasted({ repository }: ResolvedSource): boolean {
  return repository === "";
}

function entryOf({ path, text }: ResolvedSource): { readonly entry: TreeEntry; readonly bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(text);
  const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  return { entry: { path, blob, size: bytes.length }, bytes };
}
