/** One file of a tree. `blob` is the git blob id, or a hash computed the same way for a working tree. */
export interface TreeEntry {
  readonly path: string;
  readonly blob: string;
  /** Size in bytes. */
  readonly size: number;
}

/** A snapshot of a repository's files: a commit read from git objects, or a folder as it stands. */
export interface SourceTree {
  /** The folder or URL it came from. */
  readonly root: string;
  /** Full commit id; null for a folder outside git. */
  readonly commit: string | null;
  /** True when files are read from disk, uncommitted changes included. */
  readonly workingTree: boolean;
  /** Every file; a folder may leave out those that are not `wanted`, so that their bytes are not read for their ids. */
  readonly list: (wanted?: (path: string) => boolean) => Promise<readonly TreeEntry[]>;
  /** Bytes of the given entries, in their order; null for one that vanished or cannot be read. */
  readonly read: (
    entries: readonly TreeEntry[],
    signal?: AbortSignal,
  ) => AsyncIterable<{ readonly entry: TreeEntry; readonly bytes: Uint8Array | null }>;
  /** Bytes of one entry without waiting, where the tree can; null when they cannot be read or are not those listed any more. */
  readonly readNow?: (entry: TreeEntry) => Uint8Array | null;
}

export const treeFailures = [
  "unknown_repository",
  "unknown_revision",
  "not_a_repository",
  "not_reachable",
  "timed_out",
  "refused",
  "aborted",
] as const;
export type TreeFailure = (typeof treeFailures)[number];

/** Where a tree is to be taken from. A null `revision` means the working tree for a folder, the default branch for a repository. */
export interface TreeRequest {
  readonly location: string;
  readonly revision: string | null;
  readonly defaultBranch: string | null;
}

/** `candidates` are the nearest names when a revision is unknown. */
export type OpenedTree =
  | { readonly kind: "opened"; readonly tree: SourceTree }
  | { readonly kind: "failed"; readonly reason: TreeFailure; readonly sentence: string; readonly candidates?: readonly string[] };

/** Why a listed file was not analysed. */
export const skipReasons = ["binary", "too_large", "not_readable", "not_utf8_or_latin1", "too_many_lines"] as const;
export type SkipReason = (typeof skipReasons)[number];

export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
}

/** Whether Guard analyses a path: Elixir source and templates outside `deps/`, `_build/` and `node_modules/` at any depth. */
export function isSourcePath(path: string): boolean {
  return /\.(?:exs?|heex|eex|leex)$/.test(path) && !isGenerated(path);
}

/** Whether a path is a `mix.lock`, read for the versions it holds and counted as no source. */
export function isLockFile(path: string): boolean {
  return /(?:^|\/)mix\.lock$/.test(path) && !isGenerated(path);
}

function isGenerated(path: string): boolean {
  return /(?:^|\/)(?:deps|_build|node_modules)\//.test(path);
}
