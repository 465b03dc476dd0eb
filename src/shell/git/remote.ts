import type { SimpleGit } from "simple-git";
import { gitEnvironment, guardedVariables, hardening } from "./environment.js";
import { killBelow } from "./process-tree.js";

/** How a clone or fetch ended; `errors` is what git said. */
export type RemoteResult =
  | { readonly kind: "done"; readonly output: string }
  | { readonly kind: "failed"; readonly errors: string }
  | { readonly kind: "timed_out" }
  | { readonly kind: "aborted" };

export interface RemoteOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Whether `file://` URLs may be spoken to. */
  readonly files: boolean;
}

/**
 * Runs a git command that talks to `url`, through simple-git with its guards up. What they would block and is here on purpose is named
 * below: each of it takes power away from the host's and the repository's configuration.
 */
export async function runRemote(folder: string, url: string, words: readonly string[], options: RemoteOptions): Promise<RemoteResult> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const ending = AbortSignal.any([options.signal, limit]);
  const stopped = new AbortController();
  const stop = () => void killBelow(url).finally(() => stopped.abort());
  if (ending.aborted) stopped.abort();
  else ending.addEventListener("abort", stop, { once: true });
  try {
    return { kind: "done", output: await (await guardedGit(folder, options.files, stopped.signal)).raw([...words]) };
  } catch (error) {
    if (options.signal.aborted) return { kind: "aborted" };
    if (limit.aborted) return { kind: "timed_out" };
    return { kind: "failed", errors: error instanceof Error ? error.message : String(error) };
  } finally {
    ending.removeEventListener("abort", stop);
  }
}

/** The library is loaded for remotes alone: a folder is read without it. */
async function guardedGit(folder: string, files: boolean, abort: AbortSignal): Promise<SimpleGit> {
  const { simpleGit } = await import("simple-git");
  return simpleGit({
    baseDir: folder,
    config: [...hardening],
    abort,
    allowEnvironment: guardedVariables,
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeTemplateDir: true,
      allowUnsafeSshCommand: true,
      allowUnsafeAskPass: true,
      allowUnsafeConfigPaths: true,
    },
  }).env(gitEnvironment(files ? "remote-and-files" : "remote"));
}
