import type { Span } from "./span.js";

/**
 * What one file says, expression by expression, desugared: pipes unrolled into first arguments, aliases
 * resolved, captures turned into lambdas. Every expression keeps the span it was written at, so a patch
 * can replace exactly that text. The same kinds serve every language.
 */
export type Expression =
  | Literal
  | Interpolation
  | Variable
  | ModuleName
  | Attribute
  | Access
  | Call
  | Apply
  | Lambda
  | Capture
  | List
  | Tuple
  | MapExpression
  | Keyword
  | BinaryExpression
  | Match
  | Operator
  | Block
  | Branch
  | Loop
  | Markup
  | Unknown;

/** `value` is the decoded text (atoms without their colon); numbers and sigils keep their written form. */
export interface Literal {
  readonly kind: "literal";
  readonly type: "integer" | "float" | "string" | "atom" | "boolean" | "nil" | "charlist" | "sigil" | "character";
  readonly value: string;
  readonly span: Span;
}

/** A string, atom, charlist or sigil with `#{}` in it; `parts` alternate literals and embedded expressions. */
export interface Interpolation {
  readonly kind: "interpolation";
  readonly type: "string" | "atom" | "charlist" | "sigil";
  readonly parts: readonly Expression[];
  readonly span: Span;
}

export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  /** Written with `^` in a pattern or query. */
  readonly pinned: boolean;
  readonly span: Span;
}

/** A module used as a value; `name` is fully resolved (`MyApp.Accounts.User`), Erlang modules keep their colon (`:ets`). */
export interface ModuleName {
  readonly kind: "module";
  readonly name: string;
  readonly span: Span;
}

/** A module attribute read, `@limit`. In templates `@user` is an `access` on the variable `assigns` instead. */
export interface Attribute {
  readonly kind: "attribute";
  readonly name: string;
  readonly span: Span;
}

/** `user.posts`, `assigns.user`, `map[key]` (then `field` is null and `key` is set). */
export interface Access {
  readonly kind: "access";
  readonly subject: Expression;
  readonly field: string | null;
  readonly key: Expression | null;
  readonly span: Span;
}

/**
 * A named call. `module` is the resolved remote module or null for a local or imported one; `subject` is the
 * receiver when it is not a module (`mod.run()`). `span` covers what was written including a piped first
 * argument; `segment` only the call itself (`Repo.get(id)` in `User |> Repo.get(id)`); `nameSpan` the callee (`Repo.get`,
 * after a `subject` the name alone). `@tag :slow` away from a module's own body is a call of `@tag`.
 */
export interface Call {
  readonly kind: "call";
  readonly module: string | null;
  readonly subject: Expression | null;
  readonly function: string;
  readonly arguments: readonly Expression[];
  readonly piped: boolean;
  /** The body of `do … end` on a macro that is not control flow, else null. */
  readonly block: Expression | null;
  /** Clauses of a `do` block written with arrows, and of its `else`/`rescue`/`after` parts. */
  readonly clauses: readonly Clause[];
  readonly span: Span;
  readonly segment: Span;
  readonly nameSpan: Span;
}

/** `fun.(x)`. */
export interface Apply {
  readonly kind: "apply";
  readonly subject: Expression;
  readonly arguments: readonly Expression[];
  readonly span: Span;
}

/** `fn … end`, and `&f(&1)` with its placeholders as parameters `&1`, `&2`. */
export interface Lambda {
  readonly kind: "lambda";
  readonly clauses: readonly Clause[];
  readonly span: Span;
}

/** `&Module.function/1` or `&function/1` (then `module` is null). */
export interface Capture {
  readonly kind: "capture";
  readonly module: string | null;
  readonly function: string;
  readonly arity: number;
  readonly span: Span;
}

export interface List {
  readonly kind: "list";
  readonly elements: readonly Expression[];
  /** The tail of `[head | tail]`, else null. */
  readonly tail: Expression | null;
  readonly span: Span;
}

export interface Tuple {
  readonly kind: "tuple";
  readonly elements: readonly Expression[];
  readonly span: Span;
}

/** `%{}`, `%User{}` (`struct` is the resolved module) and updates `%{base | …}`. `%kind{}` has an entry `__struct__`. */
export interface MapExpression {
  readonly kind: "map";
  readonly struct: string | null;
  readonly base: Expression | null;
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
  readonly span: Span;
}

/** A keyword list, bracketed or as trailing arguments. Keys are without their colon. */
export interface Keyword {
  readonly kind: "keyword";
  readonly entries: readonly { readonly key: string; readonly keySpan: Span; readonly value: Expression }[];
  readonly span: Span;
}

/** `<<…>>`. */
export interface BinaryExpression {
  readonly kind: "binary";
  readonly elements: readonly Expression[];
  readonly span: Span;
}

/** `pattern = value`. */
export interface Match {
  readonly kind: "match";
  readonly pattern: Expression;
  readonly value: Expression;
  readonly span: Span;
}

/** Unary operators have one operand. `|>` never appears: pipes are unrolled. A parameter with a default is `\\` of both. */
export interface Operator {
  readonly kind: "operator";
  readonly operator: string;
  readonly operands: readonly Expression[];
  readonly span: Span;
}

export interface Block {
  readonly kind: "block";
  readonly expressions: readonly Expression[];
  readonly span: Span;
}

/** One arm: of a lambda, case, cond, with-else, receive, rescue. `patterns` is empty for plain `after` and `else`; a receive's `after` has its timeout. */
export interface Clause {
  readonly role: "clause" | "do" | "else" | "rescue" | "catch" | "after";
  readonly patterns: readonly Expression[];
  readonly guard: Expression | null;
  readonly body: Expression;
  readonly span: Span;
}

/**
 * Control flow. `if`/`unless`: subject is the condition, clauses have roles do and else. `cond`: each clause's single
 * pattern is its condition. `with`: `steps` are the arrows (`binds` true) and plain expressions, clauses do and else.
 * `try`: clauses do, rescue, catch, else, after. A function body with its own rescue is a `try` too.
 */
export interface Branch {
  readonly kind: "branch";
  readonly form: "if" | "unless" | "case" | "cond" | "with" | "receive" | "try";
  readonly subject: Expression | null;
  readonly steps: readonly {
    readonly pattern: Expression | null;
    readonly guard: Expression | null;
    readonly value: Expression;
    readonly binds: boolean;
  }[];
  readonly clauses: readonly Clause[];
  readonly span: Span;
  /** The keyword itself (`case`). */
  readonly nameSpan: Span;
}

/** A comprehension (`for x <- xs`; a reducing body is a lambda), also a template's `:for` and `<%= for … do %>`. Enum calls stay calls; see `project/loops`. */
export interface Loop {
  readonly kind: "loop";
  readonly generators: readonly { readonly pattern: Expression; readonly source: Expression }[];
  readonly filters: readonly Expression[];
  readonly options: Keyword | null;
  readonly body: Expression;
  readonly span: Span;
  readonly nameSpan: Span;
}

/**
 * Template text with embedded expressions, from `~H`, `.heex`, `.eex`, `.leex`. Component calls (`<.table rows={@rows}>`) are
 * `call`s whose single argument is a `keyword` of attributes and whose `block` is the inner markup; plain tags only contribute their children.
 * A slot is a call of `:name`; `{@rest}` among attributes has the key `...`, `:let` stays an attribute.
 */
export interface Markup {
  readonly kind: "markup";
  readonly children: readonly Expression[];
  readonly span: Span;
}

/** Something the extractor has no kind for, or text inside damage; children are kept. */
export interface Unknown {
  readonly kind: "unknown";
  readonly children: readonly Expression[];
  readonly span: Span;
}
