import { statSync } from "node:fs";
import type { Clock, FolderMemory, Log, OpenTree } from "../../model/ports.js";
import type { OpenedTree, TreeRequest } from "../../model/tree.js";
import { createCommitTree } from "./commit-tree.js";
import { aborted, failed, gitMissing, timedOut } from "./failures.js";
import { shown } from "../../model/address.js";
import { judgeLocation, type LocalPaths } from "./location.js";
import { createMirrors, type Mirror, type Mirrors, type Remote } from "./mirrors.js";
import { isFullId, isPlainRevision, resolveRevision, unknownRevision } from "./revision.js";
import { gitLine, runGit, type RunOptions } from "./run.js";
import { createWorkingTree } from "./working-tree.js";

export interface OpenTreeConfig {
  /** Mirrors are kept in `mirrors/` below it. */
  readonly dataDirectory: string;
  /** Which local folders and `file://` URLs may be read. */
  readonly allowLocalPaths: LocalPaths;
  /** Milliseconds after which a mirror is fetched before it answers; default one minute. */
  readonly staleAfterMs?: number;
  /** Milliseconds one clone, fetch or listing may take; default two minutes. */
  readonly timeoutMs?: number;
  /** Spares reading the files of a folder that stand as they did when it was last listed. */
  readonly folderMemory?: FolderMemory;
  readonly clock?: Clock;
  readonly log?: Log;
}

const nothingRemembered: FolderMemory = { recall: async () => new Map(), remember: async () => undefined };

interface Opening {
  readonly request: TreeRequest;
  readonly memory: FolderMemory;
  readonly run: RunOptions;
}

/**
 * Opens trees. A folder with neither revision nor default branch is its working tree; with one of them it is read from its git objects.
 * A URL is mirrored. Whatever goes wrong is a value with one sentence.
 */
export function createOpenTree(config: OpenTreeConfig): OpenTree {
  const timeoutMs = config.timeoutMs ?? 120_000;
  const mirrors = createMirrors({
    dataDirectory: config.dataDirectory,
    staleAfterMs: config.staleAfterMs ?? 60_000,
    timeoutMs,
    clock: config.clock ?? Date.now,
    log: config.log ?? null,
  });
  return async (request, signal) => {
    const opening = { request, memory: config.folderMemory ?? nothingRemembered, run: { timeoutMs, signal } };
    const location = judgeLocation(request.location, config.allowLocalPaths);
    if (location.kind === "refused") return failed("refused", location.sentence);
    if (request.revision !== null && !isPlainRevision(request.revision)) {
      const sentence = `${shown(request.revision)} is not a revision Guard takes: name a branch, a tag or a commit.`;
      return failed("unknown_revision", sentence);
    }
    const opened = await (location.kind === "folder" ? openFolder(location.path, opening) : openRemote(location, mirrors, opening));
    return signal?.aborted === true && opened.kind === "failed" ? aborted(request.location) : opened;
  };
}

async function openFolder(path: string, { request, memory, run }: Opening): Promise<OpenedTree> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return failed("unknown_repository", `There is no folder ${shown(path)}: check the path.`);
  }
  const described = await runGit(path, ["rev-parse", "--is-bare-repository", "--absolute-git-dir", "--show-prefix"], run);
  const { timeoutMs } = run;
  if (described.kind === "stopped") return timedOut(path, timeoutMs);
  const [bare, directory, prefix] = described.kind === "ran" && described.code === 0 ? described.output.toString("utf8").split("\n") : [];
  const revision = request.revision ?? request.defaultBranch;
  if (directory === undefined || directory === "") {
    if (revision === null) return { kind: "opened", tree: createWorkingTree(path, { commit: null, insideGit: false, timeoutMs, memory }) };
    if (described.kind === "missing") return gitMissing;
    return failed(
      "not_a_repository",
      `${shown(path)} is not a git repository, so it has no ${shown(revision)}: leave the revision out to read the folder.`,
    );
  }
  if (revision !== null || bare === "true") return openCommit(directory, path, prefix ?? "", revision ?? "HEAD", run);
  const head = await resolveRevision(path, "HEAD", run);
  return { kind: "opened", tree: createWorkingTree(path, { commit: head, insideGit: true, timeoutMs, memory }) };
}

async function openRemote(remote: Remote, mirrors: Mirrors, { request, run }: Opening): Promise<OpenedTree> {
  const revision = request.revision ?? request.defaultBranch ?? "HEAD";
  let mirror: Mirror = await mirrors.open(remote, run.signal);
  if (mirror.kind === "failed") return mirror;
  if ((await resolveRevision(mirror.directory, revision, run)) === null) {
    mirror = await mirrors.refresh(remote, isFullId(revision) ? revision.toLowerCase() : null, run.signal);
    if (mirror.kind === "failed") return mirror;
  }
  return openCommit(mirror.directory, remote.url, "", revision, run);
}

/** `prefix` is the folder inside the repository that paths are relative to, with its closing slash, or empty. */
async function openCommit(directory: string, root: string, prefix: string, revision: string, run: RunOptions): Promise<OpenedTree> {
  const commit = await resolveRevision(directory, revision, run);
  if (commit === null) {
    const { sentence, candidates } = await unknownRevision(directory, revision, run);
    return failed("unknown_revision", sentence, candidates);
  }
  if (prefix === "") return { kind: "opened", tree: createCommitTree(directory, root, commit, commit, run.timeoutMs) };
  const object = await gitLine(
    directory,
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}:${prefix.slice(0, -1)}`],
    run,
  );
  if (object === null) {
    return failed("unknown_revision", `The folder ${shown(prefix)} does not exist at ${shown(revision)}: name a revision that has it.`);
  }
  return { kind: "opened", tree: createCommitTree(directory, root, commit, object, run.timeoutMs) };
}
