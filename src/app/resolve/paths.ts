import { shown } from "../../model/address.js";
import { listed, nearest } from "../../model/nearest.js";
import { isSourcePath, type TreeEntry } from "../../model/tree.js";
import { unresolved, type Unresolved } from "./unresolved.js";

export type Located = { readonly kind: "located"; readonly entry: TreeEntry } | Unresolved;

/** Finds the file a person meant: the exact path, else the one file whose path ends in it; else the candidates to choose from. */
export function locatePath(entries: readonly TreeEntry[], written: string, root: string, where: string): Located {
  const path = insideOf(written, root);
  if (path === null) {
    return unresolved("outside_tree", `${shown(written)} lies outside ${where}: give a path from the root of the repository.`);
  }
  const exact = entries.find((entry) => entry.path === path);
  if (exact !== undefined) return { kind: "located", entry: exact };
  const ending = entries.filter((entry) => entry.path.endsWith(`/${path}`));
  const own = ending.filter((entry) => isSourcePath(entry.path));
  const matches = own.length > 0 ? own : ending;
  const [only, second] = matches;
  if (only !== undefined && second === undefined) return { kind: "located", entry: only };
  if (only !== undefined) return ambiguous(written, matches);
  const inside = entries.filter((entry) => entry.path.startsWith(path === "" ? "" : `${path}/`));
  return inside.length > 0 ? aFolder(path, inside, where) : unknownPath(written, path, entries, where);
}

/** The path from the root, with `.` and `..` worked out; null when it leads out. */
function insideOf(written: string, root: string): string | null {
  const text = written.replaceAll("\\", "/");
  const relative = text.startsWith(`${root}/`) ? text.slice(root.length + 1) : text;
  if (/^[/~]/.test(relative)) return null;
  const segments: string[] = [];
  for (const segment of relative.split("/")) {
    if (segment === "..") {
      if (segments.pop() === undefined) return null;
    } else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}

function ambiguous(written: string, matches: readonly TreeEntry[]): Unresolved {
  const candidates = matches.map(({ path }) => path).slice(0, 5);
  const more = matches.length > candidates.length ? `, or another of the ${matches.length}` : "";
  return unresolved("ambiguous", `${shown(written)} can be ${matches.length} files: which one, ${listed(candidates)}${more}?`, candidates);
}

function aFolder(path: string, inside: readonly TreeEntry[], where: string): Unresolved {
  const files = inside.filter((entry) => isSourcePath(entry.path)).slice(0, 3);
  const candidates = files.map((entry) => entry.path);
  const sentence = `${shown(path === "" ? "That" : path)} is a folder in ${where}: name a file in it, or have the folder audited.`;
  return unresolved("unknown_path", sentence, candidates);
}

function unknownPath(written: string, path: string, entries: readonly TreeEntry[], where: string): Unresolved {
  const candidates = nearestPaths(path, entries);
  const remedy = candidates.length > 0 ? `did you mean ${listed(candidates)}?` : "check the path and the branch.";
  return unresolved("unknown_path", `There is no ${shown(written)} in ${where}: ${remedy}`, candidates);
}

/** Files with nearly this name first, then those with nearly this path. */
export function nearestPaths(path: string, entries: readonly TreeEntry[], count = 3): string[] {
  const sources = entries.filter((entry) => isSourcePath(entry.path)).map((entry) => entry.path);
  const considered = sources.length > 0 ? sources : entries.map((entry) => entry.path);
  const nameOf = (file: string) => file.slice(file.lastIndexOf("/") + 1);
  const names = nearest(nameOf(path), considered.map(nameOf), count);
  const byName = names.flatMap((name) =>
    nearest(
      path,
      considered.filter((file) => nameOf(file) === name),
      count,
    ).concat(considered.filter((file) => nameOf(file) === name)),
  );
  return [...new Set([...byName, ...nearest(path, considered, count)])].slice(0, count);
}
