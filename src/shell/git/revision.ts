import { listed, nearest } from "../../model/nearest.js";
import { shown } from "../../model/address.js";
import { gitLine, runGit, type RunOptions } from "./run.js";

/** Whether text may be given to git as a revision: a branch, tag or commit, with `~2` or `^1` steps, and no other syntax of git's. */
export function isPlainRevision(revision: string): boolean {
  if (revision === "" || revision.length > 250 || revision.startsWith("-") || revision.startsWith("/")) return false;
  if (/[\s\p{Cc}:?*[\\{}"'`$|<>;&!()]|\.\.|@\{|\/\/|\.lock$/u.test(revision)) return false;
  return /^[^~^]+(?:[~^]\d{0,4})*$/.test(revision);
}

/** Whether text is a whole commit id, which no branch moves. */
export function isFullId(revision: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(revision);
}

/** The full commit id a plain revision names in a git directory, also as a branch known only from the remote; null when there is none. */
export async function resolveRevision(folder: string, revision: string, options: RunOptions): Promise<string | null> {
  if (!isPlainRevision(revision)) return null;
  for (const name of [revision, `refs/remotes/origin/${revision}`]) {
    const id = await gitLine(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`], options);
    if (id !== null && isFullId(id)) return id;
  }
  return null;
}

/** One sentence for a revision that is not there, with the nearest branch and tag names. */
export async function unknownRevision(
  folder: string,
  revision: string,
  options: RunOptions,
): Promise<{ readonly sentence: string; readonly candidates: readonly string[] }> {
  const result = await runGit(folder, ["for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/remotes"], options);
  const output = result.kind === "ran" && result.code === 0 ? result.output.toString("utf8") : "";
  const names = output
    .split("\n")
    .map((name) => name.replace(/^refs\/(?:heads|tags|remotes\/[^/]+)\//, ""))
    .filter((name) => name !== "" && name !== "HEAD");
  const candidates = nearest(revision, names);
  const remedy =
    candidates.length > 0
      ? `did you mean ${listed(candidates)}?`
      : names.length > 0
        ? `name one of its branches or tags, such as ${listed([...new Set(names)].slice(0, 3))}.`
        : "it has no branches or tags yet: push a commit first.";
  return { sentence: `No branch, tag or commit is called ${shown(revision)} here: ${remedy}`, candidates };
}
