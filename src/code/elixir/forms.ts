import type { Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";

/** One part of a `do … end` (or of `do: …, else: …`): its statements, or its clauses where it is written with arrows. */
export interface Section {
  readonly role: "do" | "else" | "rescue" | "catch" | "after";
  readonly nodes: readonly SyntaxNode[];
  readonly keyword: Span;
  readonly span: Span;
}

/** A call's arguments apart from its block. `options` are the trailing pairs that are not part of the block. */
export interface CallParts {
  readonly positional: readonly SyntaxNode[];
  readonly options: readonly SyntaxNode[];
  readonly sections: readonly Section[];
}

/** What `|>` hands to a call: its first argument, and the span of both together. */
export interface Piped {
  readonly first: Expression;
  readonly span: Span;
}

/** A call whose name is a bare identifier. */
export interface NamedForm {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly nameSpan: Span;
  readonly parts: CallParts;
  readonly piped: Piped | null;
}
