import type { Expression } from "../../model/expression.js";
import { walk } from "../../model/walk.js";

const furthest = 4;

/** The expression itself, or what its variable was bound to last, followed while it is a plain name. */
export function resolved(expression: Expression, body: Expression): Expression {
  let current = expression;
  for (let depth = 0; depth < furthest && current.kind === "variable"; depth += 1) {
    const bound = boundBefore(current.name, current.span.start, body);
    if (bound === null) break;
    current = bound;
  }
  return current;
}

/** What a variable was bound to by `=` or an arrow of `with` before it is used; null when a parameter or another pattern brings it. */
function boundBefore(name: string, before: number, body: Expression): Expression | null {
  let bound: Expression | null = null;
  walk(body, (expression) => {
    if (expression.span.start >= before) return false;
    if (expression.kind === "match" && expression.value.span.end <= before && binds(expression.pattern, name)) bound = expression.value;
    if (expression.kind === "branch") {
      for (const step of expression.steps) {
        if (step.pattern !== null && binds(step.pattern, name) && step.value.span.end <= before) bound = step.value;
      }
    }
    return;
  });
  return bound;
}

/** `user`, `{:ok, user}`, `%User{} = user`. */
export function binds(pattern: Expression, name: string): boolean {
  if (pattern.kind === "variable") return pattern.name === name;
  if (pattern.kind === "match") return binds(pattern.pattern, name) || binds(pattern.value, name);
  if (pattern.kind !== "tuple") return false;
  const [tag, value, ...more] = pattern.elements;
  return more.length === 0 && tag?.kind === "literal" && tag.value === "ok" && value !== undefined && binds(value, name);
}
