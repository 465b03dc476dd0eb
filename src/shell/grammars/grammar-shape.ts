/** What is known of a node from its type alone. Asking an engine costs a call per question and node, so most answers come from here. */
export interface NodeShape {
  readonly type: string;
  readonly named: boolean;
  /** Never has children worth keeping. */
  readonly leaf: boolean;
  /** May have children in fields. */
  readonly holdsFields: boolean;
  /** A token that says nothing its parent's type does not. */
  readonly punctuation: boolean;
  /** Length of the text a token always has; null when the text varies. */
  readonly length: number | null;
}

const leaves: ReadonlySet<string> = new Set(
  "alias atom boolean char comment escape_sequence float identifier integer keyword nil operator_identifier quoted_content sigil_modifiers sigil_name".split(
    " ",
  ),
);

const fieldHolders: ReadonlySet<string> = new Set(
  "access_call binary_operator call charlist dot ERROR pair quoted_atom quoted_keyword sigil stab_clause string unary_operator".split(" "),
);

const punctuation: ReadonlySet<string> = new Set(", ; ( ) [ ] { } << >> % fn do end #{".split(" "));

export function shapeOf(type: string, named: boolean): NodeShape {
  return {
    type,
    named,
    leaf: !named || leaves.has(type),
    holdsFields: fieldHolders.has(type),
    punctuation: !named && punctuation.has(type),
    // `not in` may have any blanks between its words.
    length: named || type.includes(" ") ? null : type.length,
  };
}
