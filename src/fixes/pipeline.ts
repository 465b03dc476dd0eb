import type { Call, Expression } from "../model/expression.js";
import type { Facts } from "../model/facts.js";
import { contains, type Span } from "../model/span.js";
import { collect } from "../model/walk.js";
import type { Edit } from "./edit.js";
import { indentationAt, writtenAt } from "./find-code.js";

/** Longest line the formatter leaves as it is. */
export const lineLength = 98;

/** One more step at the end of the pipeline a call belongs to, set as the pipeline is; null where it would have to be set anew. */
export function stepAfter(body: Expression, call: Call, step: string, text: string): Edit | null {
  const steps = pipelineOf(body, call);
  const last = steps.at(-1) ?? call;
  const at = { start: last.segment.end, end: last.segment.end };
  const lineStart = text.lastIndexOf("\n", last.segment.start - 1) + 1;
  const lead = text.slice(lineStart, last.segment.start);
  if (/^\s*\|>\s*$/.test(lead)) return { span: at, text: `\n${indentationAt(text, last.segment.start)}|> ${step}` };
  const end = text.indexOf("\n", at.end);
  const line = text.slice(lineStart, end < 0 ? text.length : end);
  if (line.length + step.length + 4 <= lineLength && !writtenAt(text, last.span).includes("\n")) return { span: at, text: ` |> ${step}` };
  return isWholeLine(last.span, text) ? brokenUp(steps, last.span, step, text) : null;
}

/** The calls from the first piped one to the last, the given one among them. */
function pipelineOf(body: Expression, call: Call): Call[] {
  const piped = collect(body, "call").filter((candidate) => candidate.piped);
  const steps: Call[] = [call];
  for (let first: Expression | undefined = call.piped ? call.arguments[0] : undefined; first?.kind === "call";) {
    steps.unshift(first);
    first = first.piped ? first.arguments[0] : undefined;
  }
  for (let next = followerOf(call, piped); next !== undefined; next = followerOf(next, piped)) steps.push(next);
  return steps;
}

function followerOf(call: Call, piped: readonly Call[]): Call | undefined {
  return piped.find(({ arguments: [first] }) => first === call);
}

/** A pipeline on one line, a step a line. */
function brokenUp(steps: readonly Call[], whole: Span, step: string, text: string): Edit {
  const separator = `\n${indentationAt(text, whole.start)}|> `;
  const written = steps.filter(({ piped }) => piped).map(({ segment }) => writtenAt(text, segment));
  const [first] = steps.filter(({ piped }) => piped);
  const source =
    first === undefined
      ? writtenAt(text, whole)
      : writtenAt(text, { start: whole.start, end: first.segment.start }).replace(/\s*\|>\s*$/, "");
  return { span: whole, text: [source, ...written, step].join(separator) };
}

function isWholeLine({ start, end }: Span, text: string): boolean {
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const after = text.slice(end, text.indexOf("\n", end) < 0 ? text.length : text.indexOf("\n", end));
  return before.trim() === "" && after.trim() === "" && !text.slice(start, end).includes("\n");
}

/** The call written exactly at a span, with the clause body it stands in; null when it is in no function. */
export function callIn(facts: Facts | undefined, span: Span): { readonly call: Call; readonly body: Expression } | null {
  for (const { functions } of facts?.modules ?? []) {
    for (const { body } of functions.flatMap(({ clauses }) => clauses)) {
      if (body === null || !contains(body.span, span)) continue;
      const call = collect(body, "call").find(({ segment }) => segment.start === span.start && segment.end === span.end);
      if (call !== undefined) return { call, body };
    }
  }
  return null;
}

/** Every call of a file that is written exactly as the one at a span: a rule that speaks of the first means them all. */
export function callsWrittenAs(facts: Facts | undefined, call: Call, text: string): Call[] {
  const written = writtenAt(text, call.segment);
  return (facts?.modules ?? []).flatMap(({ functions }) =>
    functions.flatMap(({ clauses }) =>
      clauses.flatMap(({ body }) =>
        body === null
          ? []
          : collect(body, "call").filter((other) => other.function === call.function && writtenAt(text, other.segment) === written),
      ),
    ),
  );
}

/** A call's own text with one more option, below it where the line would get too long; null where the call spans lines already. */
export function withOption(call: Call, option: string, text: string): Edit | null {
  const last = call.arguments.at(-1);
  if (last === undefined || writtenAt(text, call.segment).includes("\n")) return null;
  const end = text.indexOf("\n", last.span.end);
  const line = text.slice(text.lastIndexOf("\n", last.span.end - 1) + 1, end < 0 ? text.length : end);
  const at = { start: last.span.end, end: last.span.end };
  if (line.length + option.length + 2 <= lineLength) return { span: at, text: `, ${option}` };
  const indentation = indentationAt(text, call.segment.start);
  const isStep = /^\s*(\|>\s*)?$/.test(text.slice(text.lastIndexOf("\n", call.segment.start - 1) + 1, call.segment.start));
  if (!isStep || last.kind === "keyword" || text[last.span.end] !== ")") return null;
  return { span: at, text: `,\n${indentation}  ${option}\n${indentation}` };
}

/** The body of the function clause around a place. */
export function bodyAround(facts: Facts | undefined, span: Span): Expression | null {
  const bodies = (facts?.modules ?? []).flatMap(({ functions }) =>
    functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? [])),
  );
  return bodies.find((body) => contains(body.span, span)) ?? null;
}
