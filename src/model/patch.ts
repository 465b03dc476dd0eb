export type ProofAnswer =
  { readonly answer: "yes" } | { readonly answer: "no"; readonly why: string } | { readonly answer: "not run"; readonly why: string };

export const proofSteps = ["applied", "parsed", "findingGone", "noNewFinding", "formatted", "compiled", "tested"] as const;
export type ProofStep = (typeof proofSteps)[number];

/** What was checked about a patch, step by step. */
export type Proof = Readonly<Record<ProofStep, ProofAnswer>>;

/** One file before and after; a new file has `before` null. */
export interface FileChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

/** A change to one file, and to those that go with it, as one unified diff against the reviewed text. */
export interface Patch extends FileChange {
  /** Further files that must change together with this one; absent when there are none. */
  readonly further?: readonly FileChange[];
  readonly diff: string;
  /** What the change does, in one imperative sentence. */
  readonly title: string;
  readonly kind: "implementation" | "migration" | "test";
  /** Fingerprints of the findings it mends. */
  readonly findings: readonly string[];
  readonly proof: Proof;
}
