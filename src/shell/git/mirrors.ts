import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Log } from "../../model/ports.js";
import { aborted, explainRemoteFailure, failed, gitMissing, timedOut, type FailedTree } from "./failures.js";
import { shown } from "../../model/address.js";
import { runRemote, type RemoteOptions, type RemoteResult } from "./remote.js";
import { createSharedWork } from "./shared-work.js";

export interface MirrorsConfig {
  readonly dataDirectory: string;
  /** Milliseconds after which a mirror is fetched before it answers. */
  readonly staleAfterMs: number;
  /** Milliseconds one clone or fetch may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log | null;
}

/** A remote repository as judged by `judgeLocation`. */
export interface Remote {
  readonly url: string;
  readonly files: boolean;
}

export type Mirror = { readonly kind: "ready"; readonly directory: string } | FailedTree;

export interface Mirrors {
  /** The mirror, cloned when there is none and fetched when it is stale. A stale one serves when its remote is away. */
  readonly open: (remote: Remote, signal: AbortSignal | undefined) => Promise<Mirror>;
  /** Fetches now, with one commit that no branch need have when a full id is given. */
  readonly refresh: (remote: Remote, id: string | null, signal: AbortSignal | undefined) => Promise<Mirror>;
}

const refspecs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
const fetchWords = ["fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"];

/** Bare mirrors under the data folder, one for each URL. Safe between processes: a clone appears under its name only when whole. */
export function createMirrors(config: MirrorsConfig): Mirrors {
  const share = createSharedWork<Mirror>();
  /** The latest work on each mirror, so that a fetch never meets another of this process. */
  const lastOf = new Map<string, Promise<Mirror>>();
  const folder = join(config.dataDirectory, "mirrors");

  const alone = async (
    remote: Remote,
    kind: string,
    signal: AbortSignal | undefined,
    work: (directory: string, options: RemoteOptions) => Promise<Mirror>,
  ) => {
    const directory = join(folder, mirrorName(remote.url));
    const result = await share(`${directory} ${kind}`, signal, async (own) => {
      const before = lastOf.get(directory);
      const current = (async () => {
        await before;
        return own.aborted ? aborted(remote.url) : work(directory, { timeoutMs: config.timeoutMs, signal: own, files: remote.files });
      })().catch((error: unknown) => notKept(remote.url, folder, error));
      lastOf.set(directory, current);
      return current;
    });
    return result === "aborted" ? aborted(remote.url) : result;
  };

  const fetchAll = async (remote: Remote, directory: string, options: RemoteOptions): Promise<Mirror> => {
    const words = [...fetchWords, "--prune", "--force", "--end-of-options", remote.url, ...refspecs];
    let result = await runRemote(directory, remote.url, words, options);
    // Another process fetches the same mirror: whoever comes second finds the branches locked or moved, and once more is enough.
    if (result.kind === "failed" && /lock ref|unable to (?:create|update|resolve)|File exists/i.test(result.errors)) {
      result = await runRemote(directory, remote.url, words, options);
    }
    if (result.kind !== "done") return explain(remote.url, result, options.timeoutMs);
    await writeFile(join(directory, stampName), String(config.clock()));
    return { kind: "ready", directory };
  };

  const clone = async (remote: Remote, directory: string, options: RemoteOptions): Promise<Mirror> => {
    const partial = `${directory}.${process.pid}-${randomBytes(4).toString("hex")}.partial`;
    await mkdir(folder, { recursive: true });
    try {
      const result = await runRemote(
        folder,
        remote.url,
        ["clone", "--quiet", "--bare", "--no-local", "--template=", "--end-of-options", remote.url, partial],
        options,
      );
      if (result.kind !== "done") return explain(remote.url, result, options.timeoutMs);
      await writeFile(join(partial, stampName), String(config.clock()));
      // Another process may have been first: its clone is as good.
      await rename(partial, directory).catch((error: unknown) => {
        if (!existsSync(join(directory, stampName))) throw error;
      });
      return { kind: "ready", directory };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  };

  const isOlder = async (directory: string, milliseconds: number) => {
    const fetchedAt = Number(await readFile(join(directory, stampName), "utf8").catch(() => "0"));
    const age = config.clock() - fetchedAt;
    return !(age >= 0 && age < milliseconds);
  };

  return {
    open: (remote, signal) =>
      alone(remote, "open", signal, async (directory, options) => {
        if (!existsSync(join(directory, "HEAD"))) return clone(remote, directory, options);
        if (!(await isOlder(directory, config.staleAfterMs))) return { kind: "ready", directory };
        const fetched = await fetchAll(remote, directory, options);
        if (fetched.kind === "ready" || fetched.reason === "aborted") return fetched;
        config.log?.warn({ repository: shown(remote.url), reason: fetched.reason }, "could not fetch, reading the mirror as it was");
        return { kind: "ready", directory };
      }),
    refresh: (remote, id, signal) =>
      alone(remote, `refresh ${id ?? ""}`, signal, async (directory, options) => {
        // Asking for names that do not exist must not become a way to make Guard fetch without end.
        const current: Mirror = { kind: "ready", directory };
        const fetched = (await isOlder(directory, leastBetweenMs)) ? await fetchAll(remote, directory, options) : current;
        if (fetched.kind === "failed" || id === null) return fetched;
        // A server may decline to give a commit by id; the caller then finds it still missing and says so.
        await runRemote(directory, remote.url, [...fetchWords, "--end-of-options", remote.url, id], options);
        return fetched;
      }),
  };
}

const leastBetweenMs = 3_000;
const stampName = "guard-fetched-at";

/** A folder name that people recognise and no two URLs share. */
function mirrorName(url: string): string {
  const readable = url
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/\.git$/, "")
    .replace(/[^A-Za-z0-9._-]+/g, "+")
    .replace(/^[.+-]+/, "")
    .slice(-80);
  return `${readable}-${createHash("sha256").update(url).digest("hex").slice(0, 12)}.git`;
}

/** The disk, not the remote, is in the way. */
function notKept(url: string, folder: string, error: unknown): FailedTree {
  const reason = error instanceof Error ? error.message : String(error);
  return failed("not_reachable", `${shown(url)} could not be kept in ${folder} (${shown(reason)}): check its permissions and free space.`);
}

function explain(url: string, result: Exclude<RemoteResult, { kind: "done" }>, timeoutMs: number): FailedTree {
  if (result.kind === "aborted") return aborted(url);
  if (result.kind === "timed_out") return timedOut(url, timeoutMs);
  return /spawn git ENOENT/.test(result.errors) ? gitMissing : explainRemoteFailure(url, result.errors);
}
