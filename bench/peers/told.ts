/** What a tool says of one line; line 0 is a file as a whole. */
export interface Told {
  readonly check: string;
  /** From the folder that was named on the command line. */
  readonly path: string;
  readonly line: number;
}

/** What a run of a tool gave; `absent` carries the sentence that says what to install. */
export type PeerRun = { readonly kind: "ran"; readonly told: readonly Told[] } | { readonly kind: "absent"; readonly sentence: string };
