import type { Expression, Literal } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { blockOf, ifOf, operator } from "../common/build.js";
import { readField, readName } from "../common/origin.js";
import { inside, readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { operandsOf } from "../common/spine.js";
import { childIn, namedChildren, operatorOf, spanOf } from "../nodes.js";
import { readCall } from "./calls.js";
import { readComprehension, readDictionary, readString } from "./collections.js";
import { readClass, readParameters } from "./definitions.js";
import { declareImports } from "./imports.js";
import { readPattern } from "./patterns.js";
import { readControl, readJump, readStatements } from "./statements.js";

/** Reads any node of a Python tree as an expression. */
export function readPython(reader: ScriptReader, node: SyntaxNode): Expression {
  return readControl(reader, node) ?? readStatement(reader, node) ?? readValue(reader, node);
}

function readStatement(reader: ScriptReader, node: SyntaxNode): Expression | null {
  switch (node.type) {
    case "expression_statement":
      return blockOf(namedChildren(node).map(reader.read), spanOf(node));
    case "return_statement":
    case "raise_statement":
    case "break_statement":
    case "continue_statement":
    case "assert_statement":
    case "delete_statement":
      return readJump(reader, node);
    case "assignment":
    case "augmented_assignment":
    case "named_expression":
      return readAssignment(reader, node);
    case "function_definition":
      return readLocalFunction(reader, node);
    case "decorated_definition":
      return readOr(reader, childIn(node, "definition"), node.end);
    case "class_definition":
      readClass(reader, reader.owner ?? reader.file, node, node);
      return unknown(spanOf(node));
    default:
      return declareImports(reader, node) ? unknown(spanOf(node)) : null;
  }
}

function readValue(reader: ScriptReader, node: SyntaxNode): Expression {
  switch (node.type) {
    case "identifier":
      return readName(reader, node);
    case "attribute": {
      const field = childIn(node, "attribute");
      return readField(readOr(reader, childIn(node, "object"), node.start), field === null ? "" : textOf(reader, field), spanOf(node));
    }
    case "call":
      return readCall(reader, node);
    case "await":
      return operator("await", namedChildren(node).map(reader.read), spanOf(node));
    case "subscript":
      return readSubscript(reader, node);
    case "list":
    case "set":
      return { kind: "list", elements: namedChildren(node).map(reader.read), tail: null, span: spanOf(node) };
    case "dictionary":
      return readDictionary(reader, node);
    case "list_comprehension":
    case "set_comprehension":
    case "generator_expression":
    case "dictionary_comprehension":
      return inside(reader, () => readComprehension(reader, node));
    case "lambda":
      return readLambda(reader, node);
    case "conditional_expression":
      return readConditional(reader, node);
    case "string":
    case "concatenated_string":
      return readString(reader, node);
    default:
      return readPlain(reader, node);
  }
}

const literals: ReadonlyMap<string, Literal["type"]> = new Map([
  ["integer", "integer"],
  ["float", "float"],
  ["true", "boolean"],
  ["false", "boolean"],
  ["none", "nil"],
]);

function readPlain(reader: ScriptReader, node: SyntaxNode): Expression {
  const literal = literals.get(node.type);
  if (literal !== undefined) return { kind: "literal", type: literal, value: textOf(reader, node).toLowerCase(), span: spanOf(node) };
  const children = namedChildren(node);
  const [only] = children;
  switch (node.type) {
    case "tuple":
    case "expression_list":
    case "pattern_list":
    case "tuple_pattern":
    case "list_pattern":
      return { kind: "tuple", elements: children.map(reader.read), span: spanOf(node) };
    case "parenthesized_expression":
    case "type":
      return readOr(reader, only ?? null, node.start);
    case "boolean_operator":
    case "binary_operator":
      return operator(operatorOf(node), operandsOf(node).map(reader.read), spanOf(node));
    case "unary_operator":
      return operator(operatorOf(node), children.map(reader.read), spanOf(node));
    case "comparison_operator":
      return operator(node.children.find(({ field }) => field === "operators")?.type ?? "", children.map(reader.read), spanOf(node));
    case "not_operator":
    case "slice":
    case "yield":
    case "list_splat":
    case "dictionary_splat":
      return operator(node.type.replace("_operator", ""), children.map(reader.read), spanOf(node));
    default:
      return unknown(spanOf(node), children.map(reader.read));
  }
}

function readAssignment(reader: ScriptReader, node: SyntaxNode): Expression {
  const right = childIn(node, "right") ?? childIn(node, "value");
  const left = childIn(node, "left") ?? childIn(node, "name");
  if (right === null || left === null) return unknown(spanOf(node));
  const value = reader.read(right);
  if (node.type === "augmented_assignment") {
    const target = reader.read(left);
    return { kind: "match", pattern: target, value: operator(operatorOf(node), [target, value], spanOf(node)), span: spanOf(node) };
  }
  return { kind: "match", pattern: readPattern(reader, left, value), value, span: spanOf(node) };
}

/** A function inside another is a value with a name. */
function readLocalFunction(reader: ScriptReader, node: SyntaxNode): Expression {
  const name = childIn(node, "name");
  const body = childIn(node, "body");
  if (name === null || body === null) return unknown(spanOf(node));
  reader.names.known.set(textOf(reader, name), { origin: null, fixed: false });
  const clause = inside(reader, () => ({
    patterns: readParameters(reader, childIn(node, "parameters"), null),
    body: readStatements(reader, body),
  }));
  const value: Expression = {
    kind: "lambda",
    clauses: [{ role: "clause", guard: null, ...clause, span: spanOf(node) }],
    span: spanOf(node),
  };
  const pattern: Expression = { kind: "variable", name: textOf(reader, name), pinned: false, span: spanOf(name) };
  return { kind: "match", pattern, value, span: spanOf(node) };
}

function readLambda(reader: ScriptReader, node: SyntaxNode): Expression {
  const clause = inside(reader, () => ({
    patterns: readParameters(reader, childIn(node, "parameters"), null),
    body: readOr(reader, childIn(node, "body"), node.end),
  }));
  return { kind: "lambda", clauses: [{ role: "clause", guard: null, ...clause, span: spanOf(node) }], span: spanOf(node) };
}

function readConditional(reader: ScriptReader, node: SyntaxNode): Expression {
  const [then, condition, otherwise] = namedChildren(node).map(reader.read);
  if (then === undefined || condition === undefined) return unknown(spanOf(node));
  return ifOf(condition, then, otherwise ?? null, spanOf(node), { start: then.span.end, end: condition.span.start });
}

function readSubscript(reader: ScriptReader, node: SyntaxNode): Expression {
  const subject = readOr(reader, childIn(node, "value"), node.start);
  const keys = node.children.filter(({ field, named }) => field === "subscript" && named).map(reader.read);
  const key = blockOf(keys, { start: keys[0]?.span.start ?? node.end, end: node.end });
  return { kind: "access", subject, field: null, key, span: spanOf(node) };
}
