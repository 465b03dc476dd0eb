import type { OpenedTree, TreeFailure } from "../../model/tree.js";
import { shown } from "../../model/address.js";

export type FailedTree = Extract<OpenedTree, { kind: "failed" }>;

export function failed(reason: TreeFailure, sentence: string, candidates: readonly string[] = []): FailedTree {
  return { kind: "failed", reason, sentence, candidates };
}

const explanations: readonly { readonly pattern: RegExp; readonly reason: TreeFailure; readonly say: string }[] = [
  { pattern: /could not resolve host/i, reason: "not_reachable", say: "its host name is not known: check the URL and the network" },
  { pattern: /host key verification failed/i, reason: "not_reachable", say: "its ssh host key is not known here: add it to known_hosts" },
  {
    pattern: /permission denied \(|authentication failed|could not read (?:username|password)|terminal prompts disabled|403/i,
    reason: "not_reachable",
    say: "it did not let Guard in: give Guard a deploy key over ssh, or an entry in ~/.netrc",
  },
  {
    pattern: /repository .*not found|does not appear to be a git repository|no such file|does not exist|404/i,
    reason: "unknown_repository",
    say: "there is no repository: check the URL, and that Guard may read it",
  },
  {
    pattern: /transport '.*' not allowed/i,
    reason: "refused",
    say: "it leads to a protocol Guard does not speak: use an https:// or ssh:// URL",
  },
  {
    pattern: /connection (?:refused|reset|timed out)|failed to connect|couldn't connect|network is unreachable/i,
    reason: "not_reachable",
    say: "nothing answers there: check the URL and the network",
  },
  { pattern: /ssl|certificate/i, reason: "not_reachable", say: "its certificate is not trusted here: install the authority's certificate" },
  { pattern: /no space left/i, reason: "not_reachable", say: "the disk is full: free some space in Guard's data folder" },
];

/** One sentence for a clone or fetch that git ended with an error. */
export function explainRemoteFailure(location: string, errors: string): FailedTree {
  const known = explanations.find(({ pattern }) => pattern.test(errors));
  if (known !== undefined) return failed(known.reason, `${shown(location)} could not be fetched because ${known.say}.`);
  const last = errors.split("\n").findLast((line) => /^(?:fatal|error):/.test(line)) ?? "git gave no reason";
  return failed("not_reachable", `${shown(location)} could not be fetched (${shown(last)}): check the URL and try again.`);
}

export function timedOut(location: string, milliseconds: number): FailedTree {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return failed(
    "timed_out",
    `${shown(location)} was not fetched within ${seconds} s: try again, or give Guard more time for large repositories.`,
  );
}

export function aborted(location: string): FailedTree {
  return failed("aborted", `Fetching ${shown(location)} was stopped: ask again when you need it.`);
}

export const gitMissing: FailedTree = failed("not_reachable", "git is not installed where Guard runs: install git 2.32 or newer.");
