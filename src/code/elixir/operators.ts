import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, childOfType, namedChildren, operatorOf, spanOf } from "../nodes.js";
import { readCapture } from "./captures.js";
import { readPipe } from "./pipes.js";
import type { Reader } from "./reader.js";
import { readOr, textOf } from "./reader.js";

export function readBinary(reader: Reader, node: SyntaxNode): Expression {
  const operator = operatorOf(node);
  if (operator === "|>") return readPipe(reader, node);
  const left = readOr(reader, childIn(node, "left"), node.start);
  const right = readOr(reader, childIn(node, "right"), node.end);
  if (operator === "=") return { kind: "match", pattern: left, value: right, span: spanOf(node) };
  return { kind: "operator", operator, operands: [left, right], span: spanOf(node) };
}

export function readUnary(reader: Reader, node: SyntaxNode): Expression {
  const operator = operatorOf(node);
  const operand = childIn(node, "operand");
  if (operator === "@" && operand !== null) return readAt(reader, node, operand);
  if (operator === "&" && operand !== null) return readCapture(reader, node, operand);
  if (operator === "^" && operand?.type === "identifier") {
    return { kind: "variable", name: textOf(reader, operand), pinned: true, span: spanOf(node) };
  }
  return { kind: "operator", operator, operands: [readOr(reader, operand, node.end)], span: spanOf(node) };
}

// `@name` reads an attribute, in a template an assign; `@tag :slow` away from a module's own body is kept as a call of `@tag`.
function readAt(reader: Reader, node: SyntaxNode, operand: SyntaxNode): Expression {
  const span = spanOf(node);
  if (operand.type === "identifier") {
    const name = textOf(reader, operand);
    if (!reader.template) return { kind: "attribute", name, span };
    const assigns = { kind: "variable", name: "assigns", pinned: false, span: { start: node.start, end: operand.start } } as const;
    return { kind: "access", subject: assigns, field: name, key: null, span };
  }
  const target = operand.type === "call" ? childIn(operand, "target") : null;
  if (target?.type !== "identifier") return { kind: "operator", operator: "@", operands: [reader.read(operand)], span };
  const given = childOfType(operand, "arguments");
  return {
    kind: "call",
    module: null,
    subject: null,
    function: `@${textOf(reader, target)}`,
    arguments: given === null ? [] : namedChildren(given).map(reader.read),
    piped: false,
    block: null,
    clauses: [],
    span,
    segment: span,
    nameSpan: { start: node.start, end: target.end },
  };
}
