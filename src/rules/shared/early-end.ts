import { walk } from "../../model/walk.js";
import type { LoopSite } from "../../project/loops-in.js";

/** Whether a loop of Python or JavaScript may end before the last element: it breaks or returns, or looks for one that fits. */
export function mayEndEarly({ expression, body }: LoopSite): boolean {
  if (expression.kind === "call") return /^(some|every|find|findIndex)$/.test(expression.function);
  let ends = false;
  walk(body, (inner) => {
    if (inner.kind === "operator" && (inner.operator === "break" || inner.operator === "return")) ends = true;
    return inner.kind !== "lambda";
  });
  return ends;
}
