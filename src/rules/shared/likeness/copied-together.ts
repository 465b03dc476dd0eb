import type { Copies } from "./function-copies.js";

/** Copies between the same files are one decision: the largest first. Those within one file stay apart. */
export function togetherByFiles(copies: readonly Copies[]): Copies[][] {
  const bySpread = copies.map((found) => ({ found, files: filesOf(found) })).sort((one, other) => other.files.size - one.files.size);
  const clusters: { readonly files: ReadonlySet<string>; readonly copies: Copies[] }[] = [];
  for (const { found, files } of bySpread) {
    const home = files.size < 2 ? undefined : clusters.find((cluster) => [...files].every((path) => cluster.files.has(path)));
    if (home === undefined) clusters.push({ files, copies: [found] });
    else home.copies.push(found);
  }
  return clusters.map((cluster) => cluster.copies.sort((one, other) => weightOf(other) - weightOf(one)));
}

/** Expressions that would go if there were one of them. */
export function weightOf({ size, members }: Copies): number {
  return size * (members.length - 1);
}

function filesOf({ members }: Copies): ReadonlySet<string> {
  return new Set(members.map(({ entry }) => entry.path));
}
