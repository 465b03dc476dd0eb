import type { CallDetails, Outline, OutlinedCall } from "../../model/outline.js";
import { literal } from "./expressions.js";
import type { Shape } from "./shapes.js";
import { count, flag, list, nullable, offset, oneOf, record, span, text } from "./shapes.js";

const details = record<CallDetails>({
  receiver: nullable(record({ kind: oneOf(["variable", "attribute", "call", "other"]), name: text })),
  delayed: list(span),
  applied: nullable(record({ module: text, function: text, arity: count })),
  template: nullable(record({ literal, view: nullable(text) })),
  started: nullable(text),
});

export const outline: Shape<Outline> = record<Outline>({
  calls: list(
    record<OutlinedCall>({
      kind: oneOf(["call", "capture"]),
      module: nullable(text),
      function: text,
      arity: count,
      span,
      start: offset,
      block: flag,
      details: nullable(details),
    }),
  ),
  modules: list(record({ name: text, span })),
  structs: list(text),
  strings: list(text),
  comprehension: flag,
  hasBody: flag,
});
