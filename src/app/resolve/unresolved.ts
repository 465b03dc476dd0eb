import type { Resolution, UnresolvedReason } from "../../model/source.js";
import type { OpenedTree } from "../../model/tree.js";

export type Unresolved = Extract<Resolution, { kind: "unresolved" }>;

export function unresolved(reason: UnresolvedReason, sentence: string, candidates: readonly string[] = []): Unresolved {
  return { kind: "unresolved", reason, sentence, candidates };
}

/** A tree that could not be opened, as the answer to whoever asked for a file in it. */
export function notOpened(failure: Extract<OpenedTree, { kind: "failed" }>): Unresolved {
  const reason = failure.reason === "unknown_revision" ? "unknown_revision" : "repository_unavailable";
  return unresolved(reason, failure.sentence, failure.candidates ?? []);
}
