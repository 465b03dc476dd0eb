import type { Expression, Markup, Unknown } from "../../model/expression.js";
import type { Comment, ModuleFacts } from "../../model/facts.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { spanOf } from "../nodes.js";
import type { NamedForm } from "./forms.js";
import type { ModuleScope } from "./module-draft.js";

/** What reading one file needs at hand. The mutable members are the scope of the node being read; who changes one restores it. */
export interface Reader {
  readonly text: string;
  /** Full name of the enclosing module; null outside any. */
  module: string | null;
  /** The module body being read, which definitions met inside other expressions belong to. */
  scope: ModuleScope | null;
  /** Short names in scope and the modules they stand for; replaced, never changed in place. */
  aliases: ReadonlyMap<string, string>;
  /** Inside `quote`, where `__MODULE__` is the caller's. */
  quoted: boolean;
  /** Inside a template, where `@user` reads an assign. */
  template: boolean;
  /** First spans of `&1`, `&2`, … in the capture being read; null outside one. */
  placeholders: (Span | undefined)[] | null;
  /** How deep in the tree the node being read lies. Changed by `enter` and `leave` alone. */
  depth: number;
  /** Template contents that stand in for a marker, by the marker's offset. */
  markers: ReadonlyMap<number, Markup>;
  /** Modules in the order they begin, finished or not. */
  readonly modules: ModuleFacts[];
  /** Comments met outside the file's own tree, in templates. */
  readonly comments: Comment[];
  /** Damage in embedded code, and spans given up because they are nested too deeply. */
  readonly unread: Span[];
  /** Goes one level down; false, with the span noted as unread, when that is deeper than anyone writes. */
  readonly enter: (span: Span) => boolean;
  readonly leave: () => void;
  /** Parses Elixir source of its own, such as a template's embedded code. */
  readonly parse: (text: string) => SyntaxNode;
  readonly read: (node: SyntaxNode) => Expression;
  /** Reads template text between two offsets, as `~H` and `~E` hold it. */
  readonly readTemplate: (span: Span, language: "heex" | "eex") => Markup;
  /** Reads a `defmodule` met outside a module body, adding it to `modules`. */
  readonly readModule: (node: SyntaxNode) => void;
  /** Reads a `def…` met inside another expression into the enclosing module; false when it has no module or no name. */
  readonly readDefinition: (form: NamedForm) => boolean;
}

export function textOf(reader: Reader, node: SyntaxNode): string {
  return reader.text.slice(node.start, node.end);
}

export function unknown(span: Span, children: readonly Expression[] = []): Unknown {
  return { kind: "unknown", children, span };
}

/** An expression for a child the grammar promises but damage may have taken away. */
export function readOr(reader: Reader, node: SyntaxNode | null, at: number): Expression {
  return node === null ? unknown({ start: at, end: at }) : reader.read(node);
}

/** The statements of one body in their own alias scope: a lone one as itself, several (or none) as a block. */
export function readStatements(reader: Reader, nodes: readonly SyntaxNode[], emptyAt: number): Expression {
  const { aliases } = reader;
  const [only] = nodes;
  const body =
    nodes.length === 1 && only !== undefined
      ? readStatement(reader, only)
      : ({ kind: "block", expressions: nodes.map((node) => readStatement(reader, node)), span: hull(nodes, emptyAt) } as const);
  reader.aliases = aliases;
  return body;
}

// Ecto's macro is written without parentheses often enough that a bare name must count as the call it is.
function readStatement(reader: Reader, node: SyntaxNode): Expression {
  if (node.type !== "identifier" || textOf(reader, node) !== "timestamps") return reader.read(node);
  const span = spanOf(node);
  return {
    kind: "call",
    module: null,
    subject: null,
    function: "timestamps",
    arguments: [],
    piped: false,
    block: null,
    clauses: [],
    span,
    segment: span,
    nameSpan: span,
  };
}

/** From the first node's start to the last one's end; nothing at `emptyAt` when there are none. */
export function hull(nodes: readonly SyntaxNode[], emptyAt: number): Span {
  return { start: nodes[0]?.start ?? emptyAt, end: nodes.at(-1)?.end ?? emptyAt };
}
