import type { Expression } from "../model/expression.js";
import { contains, type Span } from "../model/span.js";
import { collect, walk } from "../model/walk.js";
import { indentationAt } from "./find-code.js";

/** The statement a piece of code belongs to, where another can be put on a line before it. */
export interface Statement {
  readonly span: Span;
  readonly indentation: string;
  /** Its value is what the code around it gives back. */
  readonly isLast: boolean;
}

/** Null where the innermost statement does not begin a line of its own. */
export function statementAround(body: Expression, span: Span, text: string): Statement | null {
  let found: { statement: Expression; isLast: boolean } = { statement: body, isLast: true };
  walk(body, (expression) => {
    if (!contains(expression.span, span)) return false;
    if (expression.kind !== "block") return;
    const index = expression.expressions.findIndex((candidate) => contains(candidate.span, span));
    const statement = expression.expressions[index];
    if (statement !== undefined) found = { statement, isLast: index === expression.expressions.length - 1 };
    return;
  });
  const { start } = found.statement.span;
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (line.trim() !== "") return null;
  return { span: found.statement.span, indentation: indentationAt(text, start), isLast: found.isLast };
}

/** Whether a name means the same before a statement as at a place inside it: nothing in between binds it. */
export function meansTheSame(name: string, statement: Statement, at: Span, body: Expression): boolean {
  const patterns: Expression[] = [];
  walk(body, (expression) => {
    if (!contains(statement.span, expression.span) || contains(at, expression.span)) return contains(expression.span, at);
    if (expression.kind === "match") patterns.push(expression.pattern);
    if (expression.kind === "branch") patterns.push(...expression.steps.flatMap(({ pattern }) => (pattern === null ? [] : [pattern])));
    if (expression.kind === "branch" || expression.kind === "lambda") {
      patterns.push(...expression.clauses.flatMap((clause) => clause.patterns));
    }
    if (expression.kind === "loop") patterns.push(...expression.generators.map((generator) => generator.pattern));
    return;
  });
  return !patterns.some((pattern) => collect(pattern, "variable").some((variable) => variable.name === name));
}
