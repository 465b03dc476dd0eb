import type { Expression } from "../../model/expression.js";
import { walk } from "../../model/walk.js";
import { shapeOfPattern } from "./fits.js";
import { any, type Outcome } from "./shapes.js";

/** What a variable was bound to: the outcomes it can hold, worked out when asked, and the code that gave them. */
export interface Binding {
  readonly value: Expression | null;
  /** The whole or a part of what the function was given. */
  readonly given?: true;
  readonly outcomes: () => readonly Outcome[];
}

/** The variables that can be seen at a place, the last bound first: most are never asked for, so that nothing is copied. */
export interface Scope {
  readonly name: string;
  readonly binding: () => Binding;
  readonly before: Scope | null;
}

export const emptyScope: Scope | null = null;

export function lookUp(scope: Scope | null, name: string): Binding | undefined {
  for (let at = scope; at !== null; at = at.before) if (at.name === name) return at.binding();
  return undefined;
}

/** A scope in which a pattern's variables are bound: the whole value where the pattern names it, else what the pattern tells of a part. */
export function bind(scope: Scope | null, pattern: Expression, whole: Binding, path: string): Scope | null {
  if (pattern.kind === "variable") return pattern.pinned ? scope : { name: pattern.name, binding: () => whole, before: scope };
  let bound = scope;
  const wholes = wholeNames(pattern);
  walk(pattern, (part) => {
    if (part.kind !== "variable" || part.pinned) return;
    const binding = wholes.includes(part.name) ? () => narrowed(whole, pattern, path) : () => partOf(whole, part, path);
    bound = { name: part.name, binding, before: bound };
  });
  return bound;
}

/** What is known of a part of a value: nothing, but that it was given with the whole. */
function partOf(whole: Binding, part: Expression, path: string): Binding {
  const outcomes = (): readonly Outcome[] => [{ shape: any, sure: false, settled: false, at: { path, span: part.span } }];
  return whole.given === true ? { value: null, given: true, outcomes } : { value: null, outcomes };
}

/** `error` of `{:error, _} = error`, and a variable that is the whole pattern. */
function wholeNames(pattern: Expression): string[] {
  if (pattern.kind === "variable") return [pattern.name];
  return pattern.kind === "match" ? [...wholeNames(pattern.pattern), ...wholeNames(pattern.value)] : [];
}

function narrowed(whole: Binding, pattern: Expression, path: string): Binding {
  const outcomes = (): readonly Outcome[] => {
    const known = whole.outcomes();
    if (known.length > 0 && known.every(({ shape }) => shape.kind !== "any")) return known;
    return [{ shape: shapeOfPattern(pattern), sure: true, settled: true, at: { path, span: pattern.span } }];
  };
  return { ...whole, outcomes };
}
