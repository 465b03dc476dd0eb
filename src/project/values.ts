import type { Call, Expression, Keyword } from "../model/expression.js";

/** The name of an atom literal (`:users` → `users`), else null. */
export function atomOf(expression: Expression | null | undefined): string | null {
  return expression?.kind === "literal" && expression.type === "atom" ? expression.value : null;
}

/** The text of a string, charlist or sigil without interpolation, else null. */
export function stringOf(expression: Expression | null | undefined): string | null {
  if (expression?.kind !== "literal") return null;
  if (expression.type === "string" || expression.type === "charlist") return expression.value;
  return expression.type === "sigil" ? sigilText(expression.value) : null;
}

/** `true` or `false` when written as a literal, else null. */
export function booleanOf(expression: Expression | null | undefined): boolean | null {
  if (expression?.kind !== "literal" || expression.type !== "boolean") return null;
  return expression.value === "true";
}

/** The resolved module a module name stands for; `__MODULE__` is the caller's business. */
export function moduleNameOf(expression: Expression | null | undefined): string | null {
  return expression?.kind === "module" ? expression.name : null;
}

/** The keyword list a call ends with, written with or without brackets. */
export function optionsOf(call: Call): Keyword | null {
  const last = call.arguments.at(-1);
  return last?.kind === "keyword" ? last : null;
}

/** The value of one option, from a call's trailing keyword list or from a keyword list itself. */
export function optionOf(source: Expression | null | undefined, key: string): Expression | null {
  const keyword = source?.kind === "call" ? optionsOf(source) : source;
  if (keyword?.kind !== "keyword") return null;
  return keyword.entries.find((entry) => entry.key === key)?.value ?? null;
}

/** The code inside `do … end`, or given as `do:`. */
export function bodyOf(call: Call): Expression | null {
  return call.block ?? optionOf(call, "do");
}

/** The expressions of a body one after another: a block's, or the single one. */
export function statementsOf(body: Expression | null): readonly Expression[] {
  if (body === null) return [];
  return body.kind === "block" ? body.expressions : [body];
}

/** The elements of a list without tail; a single value stands for itself, as in `on_delete: x` or `pipe_through :browser`. */
export function elementsOf(expression: Expression | null | undefined): readonly Expression[] {
  if (expression === null || expression === undefined) return [];
  if (expression.kind === "list") return expression.elements;
  if (expression.kind === "literal" && expression.type === "sigil") {
    return sigilWords(expression.value).map((value) => ({
      kind: "literal",
      type: sigilWordType(expression.value),
      value,
      span: expression.span,
    }));
  }
  return [expression];
}

/** The text between a sigil's delimiters, heredocs included: `~s(a)` → `a`. */
export function sigilText(written: string): string {
  const opened = /^~[A-Za-z]+("""|'''|[^A-Za-z\s])/.exec(written);
  if (opened === null) return written;
  const delimiter = opened[1] ?? "";
  const closing =
    delimiter.length === 3
      ? delimiter
      : delimiter === "("
        ? ")"
        : delimiter === "["
          ? "]"
          : delimiter === "{"
            ? "}"
            : delimiter === "<"
              ? ">"
              : delimiter;
  const end = written.lastIndexOf(closing);
  return end < opened[0].length ? "" : written.slice(opened[0].length, end);
}

function sigilWords(written: string): string[] {
  return written.startsWith("~w") || written.startsWith("~W")
    ? sigilText(written)
        .split(/\s+/)
        .filter((word) => word !== "")
    : [];
}

function sigilWordType(written: string): "atom" | "string" {
  return /a$/.test(written) ? "atom" : "string";
}
