import type { Span } from "../../model/span.js";

/** A piece of a template that matters; the text between pieces is not kept. */
export type Token = CodeToken | OpenToken | CloseToken | NoteToken;

/** `<%= … %>`, `<% … %>` or `{…}` in the body. `code` is what stands inside, `span` all of it. */
export interface CodeToken {
  readonly kind: "code";
  readonly form: "output" | "statement" | "curly";
  readonly code: Span;
  readonly span: Span;
}

/** An opening tag. `name` is as written: `div`, `.table`, `Layouts.app`, `:col`. */
export interface OpenToken {
  readonly kind: "open";
  readonly name: string;
  readonly nameSpan: Span;
  readonly attributes: readonly TemplateAttribute[];
  readonly selfClosing: boolean;
  readonly span: Span;
}

export interface CloseToken {
  readonly kind: "close";
  readonly name: string;
  readonly span: Span;
}

/** `<%# … %>` and `<%!-- … --%>`. */
export interface NoteToken {
  readonly kind: "note";
  readonly span: Span;
}

/** One attribute of a tag. `name` is `...` for a lone `{@rest}`; `value` is null when only the name is written. */
export interface TemplateAttribute {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: AttributeValue | null;
  readonly span: Span;
}

/** Quoted text with its quotes (and any `<%= %>` inside it), or the code between braces. */
export type AttributeValue =
  | { readonly kind: "text"; readonly span: Span; readonly embedded: readonly CodeToken[] }
  | { readonly kind: "code"; readonly code: Span; readonly span: Span };
