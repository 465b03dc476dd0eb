import type { Capture, Expression, Variable } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { append, childIn, childOfType, operatorOf, spanOf } from "../nodes.js";
import { moduleNamed } from "./aliases.js";
import type { Reader } from "./reader.js";
import { readOr, textOf, unknown } from "./reader.js";

/** `&Module.function/1`, `&1`, or a function written with placeholders. */
export function readCapture(reader: Reader, node: SyntaxNode, operand: SyntaxNode): Expression {
  if (operand.type === "integer") return readPlaceholder(reader, node, operand);
  const arity = operand.type === "binary_operator" && operatorOf(operand) === "/" ? childIn(operand, "right") : null;
  if (arity?.type === "integer") return readNamedCapture(reader, node, operand, Number(textOf(reader, arity)));
  return readLambdaOf(reader, node, operand);
}

function readPlaceholder(reader: Reader, node: SyntaxNode, position: SyntaxNode): Variable {
  const span = spanOf(node);
  const number = Number(textOf(reader, position));
  if (reader.placeholders !== null && number >= 1 && number <= 255) reader.placeholders[number - 1] ??= span;
  return { kind: "variable", name: `&${number}`, pinned: false, span };
}

function readNamedCapture(reader: Reader, node: SyntaxNode, operand: SyntaxNode, arity: number): Expression {
  const span = spanOf(node);
  const named = childIn(operand, "left");
  const local = named?.type === "identifier" || named?.type === "operator_identifier";
  if (local) return { kind: "capture", module: null, function: textOf(reader, named), arity, span } satisfies Capture;
  const target = named?.type === "call" && childOfType(named, "arguments") === null ? childIn(named, "target") : null;
  const receiver = target?.type === "dot" ? childIn(target, "left") : null;
  const name = target?.type === "dot" ? childIn(target, "right") : null;
  const module = receiver === null ? null : moduleNamed(reader, receiver);
  if (module !== null && name !== null) return { kind: "capture", module, function: textOf(reader, name), arity, span };
  return named !== null && placeholderIn(named) ? readLambdaOf(reader, node, operand) : unknown(span, [readOr(reader, named, node.end)]);
}

// `&(&1.total / 2)` divides; it does not name a function.
function placeholderIn(node: SyntaxNode): boolean {
  const pending = [node];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (current.type === "unary_operator" && operatorOf(current) === "&") return true;
    append(pending, current.children);
  }
  return false;
}

function readLambdaOf(reader: Reader, node: SyntaxNode, operand: SyntaxNode): Expression {
  const outer = reader.placeholders;
  const met: (Span | undefined)[] = [];
  reader.placeholders = met;
  const body = reader.read(operand);
  reader.placeholders = outer;
  const unseen = { start: node.start, end: node.start + 1 };
  const patterns = Array.from(met, (span, position): Variable => {
    return { kind: "variable", name: `&${position + 1}`, pinned: false, span: span ?? unseen };
  });
  const clause = { role: "clause", patterns, guard: null, body, span: spanOf(operand) } as const;
  return { kind: "lambda", clauses: [clause], span: spanOf(node) };
}
