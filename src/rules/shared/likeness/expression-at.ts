import type { Expression } from "../../../model/expression.js";
import type { Span } from "../../../model/span.js";
import { walk } from "../../../model/walk.js";

/** The widest expression written at a span; null when there is none. */
export function expressionAt(code: Expression, span: Span): Expression | null {
  let found: Expression | null = null;
  walk(code, (expression) => {
    if (found !== null) return false;
    if (expression.span.start === span.start && expression.span.end === span.end) found = expression;
    return found === null;
  });
  return found;
}
