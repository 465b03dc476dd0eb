/** The texts of `prompts/`, as written; Guard's own words, the same for every repository. */
export interface Prompts {
  /** The persona and the rules of a review. */
  readonly review: string;
  /** The shared frameworks, in the order they are sent. */
  readonly shared: readonly { readonly name: string; readonly text: string }[];
}
