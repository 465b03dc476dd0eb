import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, spanOf } from "../nodes.js";
import { readCall } from "./calls.js";
import type { Reader } from "./reader.js";
import { readOr, textOf, unknown } from "./reader.js";

/** `a |> f(b)` as the call `f(a, b)`. */
export function readPipe(reader: Reader, node: SyntaxNode): Expression {
  const span = spanOf(node);
  const first = readOr(reader, childIn(node, "left"), node.start);
  const right = childIn(node, "right");
  if (right?.type === "call") return readCall(reader, right, { first, span });
  if (right?.type !== "identifier") return unknown(span, [first, readOr(reader, right, node.end)]);
  const segment = spanOf(right);
  return {
    kind: "call",
    module: null,
    subject: null,
    function: textOf(reader, right),
    arguments: [first],
    piped: true,
    block: null,
    clauses: [],
    span,
    segment,
    nameSpan: segment,
  };
}
