import type { Call, Expression } from "../../model/expression.js";
import { contains } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import type { LoopSite } from "../../project/loops-in.js";

/** A call that code waits for, with the calls its receiver is made of: all of `db("users").where(…).first()`, outermost first. */
export type AwaitedCall = readonly Call[];

/** Calls a loop waits for before it goes on, or sends off for every element when their results are gathered by `Promise.all`. */
export function awaitedIn(loop: LoopSite, body: Expression): { readonly calls: readonly AwaitedCall[]; readonly concurrent: boolean } {
  const concurrent = isGathered(loop, body);
  const waited = [loop.body, ...loop.others].flatMap((part) =>
    collect(part, "operator").flatMap(({ operator, operands: [operand] }) =>
      operator === "await" && operand !== undefined ? [operand] : [],
    ),
  );
  const sent = concurrent ? resultsOf(loop.body) : [];
  return { calls: [...waited, ...sent].map(chainOf).filter((chain) => chain.length > 0), concurrent };
}

function chainOf(expression: Expression): Call[] {
  const chain: Call[] = [];
  for (let current: Expression | null = expression; current !== null;) {
    if (current.kind === "call") {
      chain.push(current);
      current = current.subject;
    } else current = current.kind === "access" || current.kind === "apply" ? current.subject : null;
  }
  return chain;
}

/** What a function literal gives back: its expression, or what it returns. */
function resultsOf(body: Expression): Expression[] {
  if (body.kind !== "block" && body.kind !== "operator") return [body];
  return collect(body, "operator").flatMap(({ operator, operands: [operand] }) =>
    operator === "return" && operand !== undefined ? [operand] : [],
  );
}

function isGathered(loop: LoopSite, body: Expression): boolean {
  let gathered = false;
  walk(body, (expression) => {
    if (expression.kind !== "call" || !/^(all|allSettled)$/.test(expression.function)) return;
    const onPromise = expression.subject?.kind === "variable" && expression.subject.name === "Promise";
    if (onPromise && expression.arguments.some((argument) => contains(argument.span, loop.span))) gathered = true;
  });
  return gathered;
}
