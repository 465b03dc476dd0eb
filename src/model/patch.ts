export type ProofAnswer =
  { readonly answer: "yes" } | { readonly answer: "no"; readonly why: string } | { readonly answer: "not run"; readonly why: string };

export const proofSteps = ["applied", "parsed", "findingGone", "noNewFinding", "formatted", "compiled", "tested"] as const;
export type ProofStep = (typeof proofSteps)[number];

/** What was checked about a patch, step by step. */
export type Proof = Readonly<Record<ProofStep, ProofAnswer>>;

/** A change to one file as a unified diff against the reviewed text; a new file has `before` null. */
export interface Patch {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
  readonly diff: string;
  /** What the change does, in one imperative sentence. */
  readonly title: string;
  readonly kind: "implementation" | "migration" | "test";
  /** Fingerprints of the findings it mends. */
  readonly findings: readonly string[];
  readonly proof: Proof;
}
