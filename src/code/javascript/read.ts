import type { Expression, Literal } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { blockOf, ifOf, operator } from "../common/build.js";
import { readField, readName } from "../common/origin.js";
import { readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { operandsOf } from "../common/spine.js";
import { childIn, namedChildren, operatorOf, spanOf } from "../nodes.js";
import { readCall } from "./calls.js";
import { holdAssigned, readClass } from "./classes.js";
import { readFunction, readLocalFunction } from "./functions.js";
import { readObject, readText } from "./objects.js";
import { readPattern } from "./patterns.js";
import { readControl } from "./statements.js";

/** Reads any node of a JavaScript or TypeScript tree as an expression; what only says types is left out. */
export function readJavascript(reader: ScriptReader, node: SyntaxNode): Expression {
  return readControl(reader, node) ?? readDefinition(reader, node) ?? readValue(reader, node) ?? readPlain(reader, node);
}

function readDefinition(reader: ScriptReader, node: SyntaxNode): Expression | null {
  switch (node.type) {
    case "arrow_function":
    case "function_expression":
    case "generator_function":
      return readFunction(reader, node);
    case "function_declaration":
    case "generator_function_declaration":
      return readLocalFunction(reader, node);
    case "class":
    case "class_declaration":
    case "abstract_class_declaration": {
      const name = childIn(node, "name");
      readClass(reader, node, name === null ? (reader.naming ?? "anonymous") : textOf(reader, name));
      return unknown(spanOf(node));
    }
    default:
      return null;
  }
}

function readValue(reader: ScriptReader, node: SyntaxNode): Expression | null {
  switch (node.type) {
    case "identifier":
    case "shorthand_property_identifier":
      return readName(reader, node);
    case "this":
    case "super":
      return { kind: "variable", name: node.type, pinned: false, span: spanOf(node) };
    case "member_expression": {
      const field = childIn(node, "property");
      return readField(readOr(reader, childIn(node, "object"), node.start), field === null ? "" : textOf(reader, field), spanOf(node));
    }
    case "subscript_expression": {
      const subject = readOr(reader, childIn(node, "object"), node.start);
      return { kind: "access", subject, field: null, key: readOr(reader, childIn(node, "index"), node.end), span: spanOf(node) };
    }
    case "call_expression":
    case "new_expression":
      return readCall(reader, node);
    case "assignment_expression":
    case "augmented_assignment_expression":
      return readAssignment(reader, node);
    case "object":
      return readObject(reader, node);
    case "array":
      return { kind: "list", elements: namedChildren(node).map(reader.read), tail: null, span: spanOf(node) };
    case "string":
    case "template_string":
      return readText(reader, node);
    case "ternary_expression": {
      const [condition, then, otherwise] = namedChildren(node).map(reader.read);
      if (condition === undefined || then === undefined) return unknown(spanOf(node));
      return ifOf(condition, then, otherwise ?? null, spanOf(node), { start: condition.span.end, end: then.span.start });
    }
    default:
      return null;
  }
}

const literals: ReadonlyMap<string, Literal["type"]> = new Map([
  ["true", "boolean"],
  ["false", "boolean"],
  ["null", "nil"],
  ["undefined", "nil"],
  ["regex", "sigil"],
]);

function readPlain(reader: ScriptReader, node: SyntaxNode): Expression {
  const span = spanOf(node);
  const children = namedChildren(node);
  const type = literals.get(node.type) ?? (node.type === "number" ? (/^\d+$/.test(textOf(reader, node)) ? "integer" : "float") : undefined);
  if (type !== undefined) return { kind: "literal", type, value: textOf(reader, node), span };
  switch (node.type) {
    case "parenthesized_expression":
    case "as_expression":
    case "satisfies_expression":
    case "non_null_expression":
    case "instantiation_expression":
      return readOr(reader, children[0] ?? null, node.start);
    case "type_assertion":
      return readOr(reader, children.at(-1) ?? null, node.start);
    case "sequence_expression":
      return blockOf(children.map(reader.read), span);
    case "await_expression":
    case "yield_expression":
      return operator(node.type.replace(/_expression$/, ""), children.map(reader.read), span);
    case "spread_element":
      return operator("...", children.map(reader.read), span);
    case "binary_expression":
      return operator(operatorOf(node), operandsOf(node).map(reader.read), span);
    case "unary_expression":
    case "update_expression":
      return operator(operatorOf(node), children.map(reader.read), span);
    case "type_annotation":
    case "type_arguments":
    case "interface_declaration":
    case "type_alias_declaration":
      return unknown(span);
    default:
      return unknown(span, children.map(reader.read));
  }
}

function readAssignment(reader: ScriptReader, node: SyntaxNode): Expression {
  const left = childIn(node, "left");
  const right = childIn(node, "right");
  if (left === null || right === null) return unknown(spanOf(node));
  const value = reader.read(right);
  if (node.type === "augmented_assignment_expression") {
    const target = reader.read(left);
    return { kind: "match", pattern: target, value: operator(operatorOf(node), [target, value], spanOf(node)), span: spanOf(node) };
  }
  const pattern = readPattern(reader, left, value);
  holdAssigned(reader, pattern, value);
  return { kind: "match", pattern, value, span: spanOf(node) };
}
