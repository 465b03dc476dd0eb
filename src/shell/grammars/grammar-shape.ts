/** What is known of a node from its type alone. Asking an engine costs a call per question and node, so most answers come from here. */
export interface NodeShape {
  readonly type: string;
  readonly named: boolean;
  /** Never has children worth keeping. */
  readonly leaf: boolean;
  /** Fields of its children in their order, comments not counted; "asked" where only the engine can tell; null for a node without fields. */
  readonly fields: readonly (string | null)[] | "asked" | null;
  /** Whether the child that takes the last of its fields is its last child. */
  readonly endsWithFields: boolean;
  /** May begin or end with line ends, or with a token of varying text, that no child tells of. */
  readonly loose: boolean;
  /** A token that says nothing its parent's type does not. */
  readonly punctuation: boolean;
  /** Punctuation that no sibling follows. */
  readonly closing: boolean;
  /** Length of the text a token always has; null when the text varies. */
  readonly length: number | null;
}

const leaves: ReadonlySet<string> = new Set(
  "alias atom boolean char comment escape_sequence float identifier integer keyword nil operator_identifier quoted_content sigil_modifiers sigil_name".split(
    " ",
  ),
);

const operation = ["left", "operator", "right"];

const fields: ReadonlyMap<string, readonly (string | null)[] | "asked"> = new Map<string, readonly (string | null)[] | "asked">([
  ["access_call", ["target", null, "key", null]],
  ["binary_operator", operation],
  ["call", ["target"]],
  ["charlist", "asked"],
  ["dot", operation],
  ["ERROR", "asked"],
  ["pair", ["key", "value"]],
  ["quoted_atom", "asked"],
  ["quoted_keyword", "asked"],
  ["sigil", "asked"],
  ["stab_clause", operation],
  ["string", "asked"],
  ["unary_operator", "asked"],
]);

const loose: ReadonlySet<string> = new Set(
  "after_block body catch_block else_block quoted_keyword rescue_block source stab_clause".split(" "),
);

const punctuation: ReadonlySet<string> = new Set(", ; ( ) [ ] { } << >> % fn do end #{".split(" "));

const closing: ReadonlySet<string> = new Set(") ] } >> end".split(" "));

export function shapeOf(type: string, named: boolean): NodeShape {
  const ofChildren = named ? (fields.get(type) ?? null) : null;
  return {
    type,
    named,
    leaf: !named || leaves.has(type),
    fields: ofChildren,
    endsWithFields: Array.isArray(ofChildren) && type !== "call",
    loose: named && loose.has(type),
    punctuation: !named && punctuation.has(type),
    closing: !named && closing.has(type),
    // `not in` may have any blanks between its words.
    length: named || type.includes(" ") ? null : type.length,
  };
}
