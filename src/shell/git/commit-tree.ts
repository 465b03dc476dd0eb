import type { SourceTree, TreeEntry } from "../../model/tree.js";
import { createObjectReader } from "./objects.js";
import { decodePath } from "./paths.js";
import { runGit, type RunOptions } from "./run.js";

/** Objects asked for ahead of the one being handed out: enough to keep git busy, few enough to keep memory small. */
const readAhead = 64;

/** Bytes over which a file is not loaded at all; everything that analyses text gives up far below. */
const largestRead = 64 * 1024 * 1024;

/**
 * The files of one commit, read from git objects. `object` is the full id of the commit, or of the tree of the folder that was asked for.
 * Symbolic links and submodules are not files.
 */
export function createCommitTree(directory: string, root: string, commit: string, object: string, timeoutMs: number): SourceTree {
  const reader = createObjectReader(directory);
  let entries: Promise<readonly TreeEntry[]> | null = null;
  return {
    root,
    commit,
    workingTree: false,
    list: () => (entries ??= listCommit(directory, object, { timeoutMs })),
    read: (wanted, signal) => readObjects(reader.read, wanted, signal),
  };
}

async function listCommit(directory: string, object: string, options: RunOptions): Promise<readonly TreeEntry[]> {
  const result = await runGit(directory, ["ls-tree", "-r", "-z", "-l", "--full-tree", object], options);
  if (result.kind !== "ran" || result.code !== 0) {
    throw new Error(`git could not list ${object} in ${directory}: ${result.kind === "ran" ? result.errors.trim() : result.kind}`);
  }
  return parseListing(result.output);
}

/** Reads the output of `ls-tree -z -l`: `<mode> <type> <id> <size>\t<path>` ended by NUL. */
export function parseListing(output: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let start = 0; start < output.length;) {
    const found = output.indexOf(0, start);
    const end = found === -1 ? output.length : found;
    const tab = output.indexOf(9, start);
    const [mode, type, blob, size] = output.toString("latin1", start, tab).split(/ +/);
    if (type === "blob" && mode !== "120000" && blob !== undefined) {
      entries.push({ path: decodePath(output.subarray(tab + 1, end)), blob, size: Number(size) || 0 });
    }
    start = end + 1;
  }
  return entries;
}

async function* readObjects(
  read: (id: string) => Promise<Uint8Array | null>,
  entries: readonly TreeEntry[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ entry: TreeEntry; bytes: Uint8Array | null }> {
  const asked: Promise<Uint8Array | null>[] = [];
  for (const [position, entry] of entries.entries()) {
    signal?.throwIfAborted();
    while (asked.length < Math.min(entries.length, position + readAhead)) {
      const next = entries[asked.length] as TreeEntry;
      asked.push(next.size > largestRead ? Promise.resolve(null) : read(next.blob));
    }
    const bytes = await (asked[position] as Promise<Uint8Array | null>);
    asked[position] = Promise.resolve(null);
    yield { entry, bytes };
  }
}
