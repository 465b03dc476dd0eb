import type { Clause, Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { blockOf, clauseOf, ifOf, operator } from "../common/build.js";
import { readOr, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, childOfType, namedChildren, spanOf } from "../nodes.js";
import { readPattern } from "./patterns.js";

/** A statement that controls what runs, or declares names inside a function; null for any other. */
export function readControl(reader: ScriptReader, node: SyntaxNode): Expression | null {
  switch (node.type) {
    case "statement_block":
    case "else_clause":
    case "expression_statement":
    case "lexical_declaration":
    case "variable_declaration":
      return blockOf(namedChildren(node).map(reader.read), spanOf(node));
    case "variable_declarator":
      return readDeclarator(reader, node);
    case "if_statement": {
      const [condition, then] = [
        readOr(reader, childIn(node, "condition"), node.start),
        readOr(reader, childIn(node, "consequence"), node.end),
      ];
      const otherwise = childIn(node, "alternative");
      return ifOf(condition, then, otherwise === null ? null : reader.read(otherwise), spanOf(node), keyword(node, "if"));
    }
    case "for_in_statement":
    case "for_statement":
      return readFor(reader, node);
    case "while_statement":
    case "do_statement":
    case "labeled_statement":
      return unknown(
        spanOf(node),
        namedChildren(node)
          .filter(({ type }) => type !== "statement_identifier")
          .map(reader.read),
      );
    case "try_statement":
      return readTry(reader, node);
    case "switch_statement":
      return readSwitch(reader, node);
    case "return_statement":
    case "throw_statement":
    case "break_statement":
    case "continue_statement":
      return operator(node.type.replace(/_statement$/, ""), namedChildren(node).map(reader.read), spanOf(node));
    default:
      return null;
  }
}

function readDeclarator(reader: ScriptReader, node: SyntaxNode): Expression {
  const name = childIn(node, "name");
  const value = childIn(node, "value");
  if (name === null) return unknown(spanOf(node));
  if (value === null) return readPattern(reader, name);
  const read = reader.read(value);
  return { kind: "match", pattern: readPattern(reader, name, read), value: read, span: spanOf(node) };
}

/** `for … of` and `for … in` go through a source; a counting `for` goes through what its counter is compared with. */
function readFor(reader: ScriptReader, node: SyntaxNode): Expression {
  const { pattern, source } = node.type === "for_in_statement" ? elementOf(reader, node) : counterOf(reader, node);
  return {
    ...{ kind: "loop", generators: [{ pattern, source }], filters: [], options: null },
    ...{ body: readOr(reader, childIn(node, "body"), node.end), span: spanOf(node), nameSpan: keyword(node, "for") },
  };
}

function elementOf(reader: ScriptReader, node: SyntaxNode): { pattern: Expression; source: Expression } {
  const source = readOr(reader, childIn(node, "right"), node.start);
  const left = childIn(node, "left");
  return { pattern: left === null ? unknown({ start: node.start, end: node.start }) : readPattern(reader, left), source };
}

function counterOf(reader: ScriptReader, node: SyntaxNode): { pattern: Expression; source: Expression } {
  const pattern = readOr(reader, childIn(node, "initializer"), node.start);
  const condition = readOr(reader, childIn(node, "condition"), node.start);
  const bound = condition.kind === "operator" && /^<=?$/.test(condition.operator) ? (condition.operands[1] ?? condition) : condition;
  const source = bound.kind === "access" && bound.field === "length" ? bound.subject : bound;
  return { pattern: pattern.kind === "match" ? pattern.pattern : pattern, source };
}

function readTry(reader: ScriptReader, node: SyntaxNode): Expression {
  const parts = [
    ["do", childIn(node, "body")],
    ["rescue", childIn(node, "handler")],
    ["after", childIn(node, "finalizer")],
  ] as const;
  const clauses = parts.flatMap(([role, part]): Clause[] => {
    if (part === null) return [];
    const caught = childIn(part, "parameter");
    const patterns = caught === null ? [] : [readPattern(reader, caught)];
    return [clauseOf(role, patterns, role === "do" ? reader.read(part) : readOr(reader, childIn(part, "body"), part.end), spanOf(part))];
  });
  return { kind: "branch", form: "try", subject: null, steps: [], clauses, span: spanOf(node), nameSpan: keyword(node, "try") };
}

function readSwitch(reader: ScriptReader, node: SyntaxNode): Expression {
  const body = childIn(node, "body");
  const clauses = (body === null ? [] : namedChildren(body)).map((part) => {
    const value = childIn(part, "value");
    const statements = part.children.filter(({ field, named }) => field === "body" && named).map(reader.read);
    return clauseOf("clause", value === null ? [] : [reader.read(value)], blockOf(statements, spanOf(part)), spanOf(part));
  });
  const subject = readOr(reader, childIn(node, "value"), node.start);
  return { kind: "branch", form: "case", subject, steps: [], clauses, span: spanOf(node), nameSpan: keyword(node, "switch") };
}

function keyword(node: SyntaxNode, word: string): { start: number; end: number } {
  const token = childOfType(node, word);
  return token === null ? { start: node.start, end: Math.min(node.start + word.length, node.end) } : spanOf(token);
}
