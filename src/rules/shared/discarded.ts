import type { Call, Expression } from "../../model/expression.js";
import { walk } from "../../model/walk.js";

/** Calls under a body whose value nobody looks at: those in the middle of a block, through branches, and at the end of `Enum.each`. */
export function discardedCalls(body: Expression): Call[] {
  const calls: Call[] = [];
  walk(body, (expression) => {
    if (expression.kind === "block") for (const statement of expression.expressions.slice(0, -1)) calls.push(...endsOf(statement));
    if (expression.kind === "branch") {
      for (const step of expression.steps) if (!step.binds && step.pattern === null) calls.push(...endsOf(step.value));
      for (const clause of expression.clauses) if (clause.role === "after") calls.push(...endsOf(clause.body));
    }
    if (expression.kind === "call" && expression.module === "Enum" && expression.function === "each") {
      for (const argument of expression.arguments) {
        if (argument.kind === "lambda") for (const clause of argument.clauses) calls.push(...endsOf(clause.body));
      }
    }
  });
  return [...new Set(calls)];
}

/** The calls whose value an expression gives back. */
export function endsOf(expression: Expression): Call[] {
  if (expression.kind === "call") return [expression];
  if (expression.kind === "block") return expression.expressions.slice(-1).flatMap(endsOf);
  if (expression.kind !== "branch") return [];
  return expression.clauses.filter((clause) => clause.role !== "after").flatMap((clause) => endsOf(clause.body));
}
