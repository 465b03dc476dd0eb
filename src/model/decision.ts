/** What a decision covers. The narrowest that applies wins. */
export type DecisionScope =
  | { readonly kind: "finding"; readonly fingerprint: string }
  | { readonly kind: "file"; readonly path: string; readonly rule: string }
  | { readonly kind: "repository"; readonly rule: string };

export type Verdict = "accepted" | "rejected" | "deferred";

/** What the team decided about one problem, and the code it was about. */
export interface Decision {
  readonly id: string;
  readonly repository: string;
  readonly rule: string;
  readonly scope: DecisionScope;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Slack user id, or `cli:name`. */
  readonly by: string;
  readonly byName: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly permalink: string | null;
  /** The code it was made for: place, and the hash of the enclosing definition's normalised text. */
  readonly anchor: { readonly path: string; readonly line: number; readonly enclosing: string; readonly codeHash: string };
}
