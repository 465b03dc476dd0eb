import type { Expression } from "../../model/expression.js";
import type { ConfigurationEntry } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { stringOf } from "../../project/values.js";

/** A literal under a name, wherever it stands. */
export interface Named {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
  /** It holds only where something else is missing. */
  readonly fallback: boolean;
  /** The environment variable it stands in for; null when it is none or not told. */
  readonly variable: string | null;
}

/** `key: value` pairs of an entry, nested ones included, and the entry's own key. */
export function namedIn(entry: ConfigurationEntry): Named[] {
  const own = entry.key === null ? [] : literalsOf(entry.key, entry.value, entry.span);
  return [...own, ...pairsIn(entry.value)];
}

/** Every `key: value` pair under an expression. */
export function pairsIn(root: Expression): Named[] {
  return collect(root, "keyword").flatMap((keyword) =>
    keyword.entries.flatMap(({ key, keySpan, value }) => literalsOf(key, value, { start: keySpan.start, end: value.span.end })),
  );
}

/** The literal itself, or the one an environment variable or a setting falls back to. */
export function literalsOf(key: string, value: Expression, span: Span): Named[] {
  if (value.kind === "literal" && value.type === "string") return [{ key, value: value.value, span, fallback: false, variable: null }];
  const alternatives = fallbacksOf(value);
  return alternatives.values
    .flatMap((alternative) => literalsOf(key, alternative, span))
    .map((named) => ({ ...named, fallback: true, variable: alternatives.variable ?? named.variable }));
}

/** What holds where an environment variable (`||`, a second argument, `{:system, name, value}`) or a setting is missing. */
function fallbacksOf(value: Expression): { variable: string | null; values: readonly Expression[] } {
  const none = { variable: null, values: [] };
  if (value.kind === "operator" && value.operator === "||") {
    const [first, ...rest] = value.operands;
    return { variable: first === undefined ? null : variableOf(first), values: rest };
  }
  if (value.kind === "tuple") {
    const [tag, name, fallback] = value.elements;
    const isSystem = tag?.kind === "literal" && tag.type === "atom" && tag.value === "system";
    return isSystem && fallback !== undefined ? { variable: stringOf(name), values: [fallback] } : none;
  }
  if (value.kind !== "call" || value.function !== "get_env") return none;
  const fallback = value.module === "System" ? value.arguments[1] : value.module === "Application" ? value.arguments[2] : undefined;
  return fallback === undefined ? none : { variable: variableOf(value), values: [fallback] };
}

function variableOf(value: Expression): string | null {
  return value.kind === "call" && /^(get_env|fetch_env|env)$/.test(value.function) ? stringOf(value.arguments[0]) : null;
}
