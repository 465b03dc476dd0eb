import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What a path holds after a commit: text, bytes, a symbolic link, or nothing (null removes it). */
export type FileContent = string | Uint8Array | { readonly link: string } | null;
export type Files = Readonly<Record<string, FileContent>>;

export interface CommitOptions {
  readonly message?: string;
  /** Switches to this branch first, creating it where HEAD stands when it is new. */
  readonly branch?: string;
  /** A tag to put on the new commit. */
  readonly tag?: string;
}

export interface TestRepository {
  /** The working folder. */
  readonly path: string;
  /** The same as a `file://` URL, which is mirrored instead of read in place. */
  readonly url: string;
  /** Writes files without committing. */
  readonly write: (files: Files) => void;
  /** Writes, stages all and commits; gives the full commit id. */
  readonly commit: (files: Files, options?: CommitOptions) => Promise<string>;
  /** Runs git in the folder; gives stdout without the last newline. */
  readonly git: (...words: string[]) => Promise<string>;
}

export interface RepositoryOptions {
  /** The first commit's files. */
  readonly files?: Files;
  /** Further commits, in order. */
  readonly commits?: readonly ({ readonly files: Files } & CommitOptions)[];
  /** Name of the first branch; default `main`. */
  readonly branch?: string;
}

const folders = new Set<string>();
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder that disappears when the test process ends. */
export function createFolder(files: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "guard-test-"));
  folders.add(folder);
  writeFiles(folder, files);
  return folder;
}

/** A real git repository in a fresh folder; needs no configuration of the machine and leaves none behind. */
export async function createRepository(options: RepositoryOptions = {}): Promise<TestRepository> {
  const path = createFolder();
  const repository: TestRepository = {
    path,
    url: pathToFileURL(path).href,
    write: (files) => writeFiles(path, files),
    git: (...words) => git(path, words),
    commit: (files, commitOptions) => commit(path, files, commitOptions ?? {}),
  };
  await repository.git("init", "--quiet", `--initial-branch=${options.branch ?? "main"}`);
  if (options.files !== undefined) await repository.commit(options.files, { message: "First" });
  for (const { files, ...rest } of options.commits ?? []) await repository.commit(files, rest);
  return repository;
}

async function commit(path: string, files: Files, options: CommitOptions): Promise<string> {
  if (options.branch !== undefined) {
    const known = await git(path, ["branch", "--list", options.branch]);
    await git(path, known === "" ? ["checkout", "--quiet", "-b", options.branch] : ["checkout", "--quiet", options.branch]);
  }
  writeFiles(path, files);
  await git(path, ["add", "--all"]);
  await git(path, ["commit", "--quiet", "--allow-empty", "--message", options.message ?? "Change"]);
  if (options.tag !== undefined) await git(path, ["tag", options.tag]);
  return git(path, ["rev-parse", "HEAD"]);
}

function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    rmSync(path, { recursive: true, force: true });
    if (content === null) continue;
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(path, content);
    else symlinkSync(content.link, path);
  }
}

const identity = [
  "-c",
  "user.name=Test",
  "-c",
  "user.email=test@example.invalid",
  "-c",
  "commit.gpgsign=false",
  "-c",
  "core.hooksPath=/dev/null",
];

async function git(cwd: string, words: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_DATE: "2026-01-05T10:00:00Z",
    GIT_COMMITTER_DATE: "2026-01-05T10:00:00Z",
  };
  const { stdout } = await execute("git", [...identity, ...words], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.replace(/\n$/, "");
}
