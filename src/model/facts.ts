import type { Call, Expression } from "./expression.js";
import type { Span } from "./span.js";

export type Language = "elixir" | "heex" | "eex" | "python" | "javascript" | "typescript";

/**
 * What one file says: a pure function of its path and bytes, plain JSON. `path` is relative to the repository root with `/`.
 * Offsets in every span count UTF-16 units of the decoded text.
 */
export interface Facts {
  readonly path: string;
  readonly language: Language;
  /** Lines as an editor counts them: a line feed at the end does not begin another one. */
  readonly lines: number;
  /** Where each line begins; after a line feed at the end of the file, one more. */
  readonly lineStarts: readonly number[];
  readonly modules: readonly ModuleFacts[];
  /** Expressions outside any module: configuration files, scripts, `mix.exs` calls. A template's markup is its only entry. */
  readonly topLevel: readonly Expression[];
  readonly comments: readonly Comment[];
  /** Spans the parser could not read; facts outside them are whole. */
  readonly damage: readonly Span[];
}

export interface Comment {
  readonly text: string;
  readonly span: Span;
}

/** One `defmodule`, `defprotocol` or `defimpl`; nested modules are listed beside their parent with full names. */
export interface ModuleFacts {
  readonly name: string;
  readonly kind: "module" | "protocol" | "implementation";
  readonly span: Span;
  readonly nameSpan: Span;
  readonly documented: boolean;
  readonly uses: readonly ModuleReference[];
  readonly imports: readonly ModuleReference[];
  readonly aliases: readonly { readonly short: string; readonly name: string }[];
  readonly behaviours: readonly string[];
  readonly attributes: readonly ModuleAttribute[];
  readonly functions: readonly FunctionFacts[];
  /** Calls written directly in the module body that define nothing above: `schema`, `plug`, `pipeline`, `scope`, `field`, `test`, `describe`, macros. */
  readonly body: readonly Call[];
  /** What the module body holds besides: matches, conditions of module-level `if`, generators of `for` around definitions. */
  readonly expressions: readonly Expression[];
  /** Module-level `if`, `unless`, `case` and the like: what they ask, and the span within which `body` and `functions` depend on it. */
  readonly conditions: readonly { readonly condition: Expression; readonly span: Span }[];
}

export interface ModuleReference {
  readonly module: string;
  readonly options: Expression | null;
  readonly span: Span;
}

export interface ModuleAttribute {
  readonly name: string;
  readonly value: Expression | null;
  readonly span: Span;
}

/** All clauses of one name and arity. `arity` counts every parameter; `defaults` how many of them are optional. */
export interface FunctionFacts {
  readonly name: string;
  readonly arity: number;
  readonly defaults: number;
  readonly kind: "function" | "macro";
  readonly visibility: "public" | "private";
  readonly documented: boolean;
  /** `@impl` stands above it. */
  readonly implements: boolean;
  /** The resolved `Module.function` a `defdelegate` points to, else null. */
  readonly delegatesTo: { readonly module: string; readonly function: string } | null;
  readonly clauses: readonly FunctionClause[];
  readonly span: Span;
  readonly nameSpan: Span;
}

export interface FunctionClause {
  readonly parameters: readonly Expression[];
  readonly guard: Expression | null;
  /** Null for a head without a body. A body with rescue/catch/after is a `branch` of form `try`. */
  readonly body: Expression | null;
  readonly span: Span;
}
