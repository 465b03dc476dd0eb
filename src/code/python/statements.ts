import type { Clause, Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { blockOf, clauseOf, ifOf, operator } from "../common/build.js";
import { readOr, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, childOfType, namedChildren, spanOf } from "../nodes.js";
import { readPattern } from "./patterns.js";

/** The statements of one body. */
export function readStatements(reader: ScriptReader, body: SyntaxNode): Expression {
  return blockOf(namedChildren(body).map(reader.read), spanOf(body));
}

/** A statement of a function's body that controls what runs; null for any other. */
export function readControl(reader: ScriptReader, node: SyntaxNode): Expression | null {
  switch (node.type) {
    case "if_statement":
      return readIf(
        reader,
        node,
        node.children.filter(({ field }) => field === "alternative"),
      );
    case "for_statement":
      return readFor(reader, node);
    case "while_statement":
      return unknown(spanOf(node), namedChildren(node).map(reader.read));
    case "try_statement":
      return readTry(reader, node);
    case "with_statement":
      return blockOf(
        namedChildren(node).flatMap((part) => (part.type === "with_clause" ? withItems(reader, part) : [reader.read(part)])),
        spanOf(node),
      );
    case "match_statement":
      return readMatch(reader, node);
    case "block":
      return readStatements(reader, node);
    case "else_clause":
    case "finally_clause":
      return bodyOf(reader, node);
    default:
      return null;
  }
}

/** What may happen is read in the order it is written: a name bound on one way is known afterwards. */
function readIf(reader: ScriptReader, node: SyntaxNode, [next, ...later]: readonly SyntaxNode[]): Expression {
  const condition = readOr(reader, childIn(node, "condition"), node.start);
  const then = readOr(reader, childIn(node, "consequence"), node.end);
  const otherwise = next === undefined ? null : next.type === "elif_clause" ? readIf(reader, next, later) : reader.read(next);
  return ifOf(condition, then, otherwise, spanOf(node), keyword(node, "if"));
}

function readFor(reader: ScriptReader, node: SyntaxNode): Expression {
  const source = readOr(reader, childIn(node, "right"), node.start);
  const left = childIn(node, "left");
  const pattern = left === null ? unknown({ start: node.start, end: node.start }) : readPattern(reader, left);
  const loop: Expression = {
    ...{ kind: "loop", generators: [{ pattern, source }], filters: [], options: null },
    ...{ body: readOr(reader, childIn(node, "body"), node.end), span: spanOf(node), nameSpan: keyword(node, "for") },
  };
  const otherwise = childIn(node, "alternative");
  return otherwise === null ? loop : blockOf([loop, reader.read(otherwise)], spanOf(node));
}

function readTry(reader: ScriptReader, node: SyntaxNode): Expression {
  const clauses: Clause[] = [];
  for (const part of namedChildren(node)) {
    const role = part.type === "block" ? "do" : (roles.get(part.type) ?? "do");
    const caught = childIn(part, "value");
    clauses.push(
      clauseOf(
        role,
        caught === null ? [] : [reader.read(caught)],
        part.type === "block" ? reader.read(part) : bodyOf(reader, part),
        spanOf(part),
      ),
    );
  }
  return { kind: "branch", form: "try", subject: null, steps: [], clauses, span: spanOf(node), nameSpan: keyword(node, "try") };
}

const roles: ReadonlyMap<string, Clause["role"]> = new Map([
  ["except_clause", "rescue"],
  ["except_group_clause", "rescue"],
  ["else_clause", "else"],
  ["finally_clause", "after"],
]);

function readMatch(reader: ScriptReader, node: SyntaxNode): Expression {
  const body = childIn(node, "body");
  const clauses = (body === null ? [] : namedChildren(body)).map((part) => {
    const patterns = namedChildren(part).filter(({ type }) => type === "case_pattern");
    return clauseOf("clause", patterns.map(reader.read), readOr(reader, childIn(part, "consequence"), part.end), spanOf(part));
  });
  const subject = readOr(reader, childIn(node, "subject"), node.start);
  return { kind: "branch", form: "case", subject, steps: [], clauses, span: spanOf(node), nameSpan: keyword(node, "match") };
}

/** `with open(a) as file:` binds as an assignment does. */
function withItems(reader: ScriptReader, clause: SyntaxNode): Expression[] {
  return namedChildren(clause).map((item) => {
    const value = childIn(item, "value");
    const target = value?.type === "as_pattern" ? childIn(value, "alias") : null;
    const made = value?.type === "as_pattern" ? namedChildren(value)[0] : value;
    const read = readOr(reader, made ?? null, item.start);
    const name = target === null ? undefined : namedChildren(target)[0];
    if (name === undefined) return read;
    return { kind: "match", pattern: readPattern(reader, name, read), value: read, span: spanOf(item) };
  });
}

function bodyOf(reader: ScriptReader, part: SyntaxNode): Expression {
  return readOr(reader, childIn(part, "body") ?? childOfType(part, "block"), part.end);
}

function keyword(node: SyntaxNode, word: string): { start: number; end: number } {
  const token = childOfType(node, word);
  return token === null ? { start: node.start, end: Math.min(node.start + word.length, node.end) } : spanOf(token);
}

/** `return x`, `raise X` and the like, as operators without a value of their own. */
export function readJump(reader: ScriptReader, node: SyntaxNode): Expression {
  return operator(node.type.replace(/_statement$/, ""), namedChildren(node).map(reader.read), spanOf(node));
}
