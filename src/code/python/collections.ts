import type { Expression, Loop } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, childOfType, namedChildren, spanOf } from "../nodes.js";
import { readPattern } from "./patterns.js";

/** `[x for x in xs if x]` in any brackets: generators and conditions are read before the body, which uses their names. */
export function readComprehension(reader: ScriptReader, node: SyntaxNode): Expression {
  const generators: Loop["generators"][number][] = [];
  const filters: Expression[] = [];
  for (const part of namedChildren(node)) {
    if (part.type === "for_in_clause") {
      const source = readOr(reader, childIn(part, "right"), part.end);
      const left = childIn(part, "left");
      if (left !== null) generators.push({ pattern: readPattern(reader, left), source });
    } else if (part.type === "if_clause") filters.push(...namedChildren(part).map(reader.read));
  }
  const first = childOfType(node, "for_in_clause");
  const word = first === null ? null : childOfType(first, "for");
  const nameSpan = word === null ? { start: node.start, end: node.start } : spanOf(word);
  return {
    kind: "loop",
    generators,
    filters,
    options: null,
    body: readOr(reader, childIn(node, "body"), node.start),
    span: spanOf(node),
    nameSpan,
  };
}

export function readDictionary(reader: ScriptReader, node: SyntaxNode): Expression {
  const entries = namedChildren(node).map((part) => {
    if (part.type !== "pair") return { key: unknown({ start: part.start, end: part.start }), value: reader.read(part) };
    return { key: readOr(reader, childIn(part, "key"), part.start), value: readOr(reader, childIn(part, "value"), part.end) };
  });
  return { kind: "map", struct: null, base: null, entries, span: spanOf(node) };
}

/** A string, its parts when something is embedded, or neighbours that Python joins. */
export function readString(reader: ScriptReader, node: SyntaxNode): Expression {
  const parts: Expression[] = [];
  for (const part of node.type === "string" ? [node] : namedChildren(node)) {
    for (const content of namedChildren(part)) {
      if (content.type === "string_content") {
        parts.push({ kind: "literal", type: "string", value: textOf(reader, content), span: spanOf(content) });
      } else if (content.type === "interpolation") parts.push(readOr(reader, childIn(content, "expression"), content.start));
    }
  }
  const plain = parts.flatMap((part) => (part.kind === "literal" && part.type === "string" ? [part.value] : []));
  if (plain.length === parts.length) return { kind: "literal", type: "string", value: plain.join(""), span: spanOf(node) };
  return { kind: "interpolation", type: "string", parts, span: spanOf(node) };
}
