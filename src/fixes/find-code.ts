import type { Call, Expression } from "../model/expression.js";
import type { Facts, FunctionFacts } from "../model/facts.js";
import type { Project } from "../model/project.js";
import type { Span } from "../model/span.js";
import { contains } from "../model/span.js";
import { collect } from "../model/walk.js";

/** A call with the function clause's body it stands in. */
export interface FoundCall {
  readonly call: Call;
  readonly body: Expression;
  readonly definition: FunctionFacts;
}

/** The call a finding points at: the one whose own text is exactly the span, inside a function of the file. */
export function callAt(project: Project, path: string, span: Span): FoundCall | null {
  const facts = project.files.get(path);
  if (facts === undefined) return null;
  for (const { definition, body } of bodiesOf(facts)) {
    if (!contains(body.span, span)) continue;
    const call = collect(body, "call").find((candidate) => sameSpan(candidate.segment, span) || sameSpan(candidate.span, span));
    if (call !== undefined) return { call, body, definition };
  }
  return null;
}

function bodiesOf(facts: Facts): { definition: FunctionFacts; body: Expression }[] {
  return facts.modules.flatMap((module) =>
    module.functions.flatMap((definition) =>
      definition.clauses.flatMap((clause) => (clause.body === null ? [] : [{ definition, body: clause.body }])),
    ),
  );
}

function sameSpan(left: Span, right: Span): boolean {
  return left.start === right.start && left.end === right.end;
}

/** The text a span was written as. */
export function writtenAt(text: string, span: Span): string {
  return text.slice(span.start, span.end);
}

/** The blanks the line of an offset begins with. */
export function indentationAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}
