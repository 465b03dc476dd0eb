import type { Language } from "./facts.js";

/** One repository Guard may read, from `guard.config.yml`, the command line or the local workspace's page. */
export interface Repository {
  readonly name: string;
  /** https or ssh URL, or an absolute local path where the configuration allows it. */
  readonly url: string;
  readonly defaultBranch: string;
  /** Slack channel ids or names (`#backend`) it may be discussed in; `*` means every channel Guard is in. */
  readonly channels: readonly string[];
  readonly aliases: readonly string[];
  /** `never`: its code leaves the machine for no model; reviews of it are composed from detectors alone. */
  readonly model?: "never";
}

/** A range of 1-based lines, both ends included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** What a person pointed at, before anyone looked whether it exists. */
export type SourceRef =
  | {
      readonly kind: "path";
      readonly repository: string | null;
      readonly path: string;
      readonly lines: LineRange | null;
      readonly revision: string | null;
    }
  | {
      readonly kind: "module";
      readonly repository: string | null;
      /** Empty for a function named alone (`list/1`): then it is one of the file the thread spoke of last. */
      readonly module: string;
      readonly function: string | null;
      readonly arity: number | null;
      readonly revision: string | null;
    }
  | {
      readonly kind: "link";
      readonly host: string;
      readonly owner: string;
      readonly name: string;
      readonly path: string;
      readonly lines: LineRange | null;
      readonly revision: string;
    }
  | { readonly kind: "file"; readonly name: string; readonly text: string }
  | { readonly kind: "snippet"; readonly text: string; readonly language: string | null };

export const unresolvedReasons = [
  "unknown_repository",
  "unknown_path",
  "unknown_module",
  "unknown_function",
  "unknown_revision",
  "ambiguous",
  "binary",
  "empty",
  "too_large",
  "not_readable",
  "outside_tree",
  "line_out_of_range",
  "repository_unavailable",
  "no_reference",
] as const;
export type UnresolvedReason = (typeof unresolvedReasons)[number];

export type Resolution =
  | { readonly kind: "found"; readonly source: ResolvedSource }
  /** `sentence` names the thing, the reason and the remedy; `candidates` are the nearest names. */
  | { readonly kind: "unresolved"; readonly reason: UnresolvedReason; readonly sentence: string; readonly candidates: readonly string[] };

declare const checked: unique symbol;

/** Source text that passed the access check. Only `app/resolve` makes one. */
export interface ResolvedSource {
  /** Its configured name; empty for a pasted block, and for an attached file that is no version of a repository's. */
  readonly repository: string;
  /** Full commit id; null for a working tree, an attached file or a pasted block. */
  readonly commit: string | null;
  readonly path: string;
  readonly language: Language | null;
  readonly text: string;
  /** The lines asked about; null means the whole file. */
  readonly lines: LineRange | null;
  /** Link to the file at the commit, on its forge or where else Guard was told it is shown; null when it is nowhere. */
  readonly permalink: string | null;
  readonly [checked]: true;
}

/** Stamps a source as checked. Called by the resolver alone, after the access check; import rules keep it there. */
export function markChecked(source: Omit<ResolvedSource, typeof checked>): ResolvedSource {
  return source as ResolvedSource;
}
