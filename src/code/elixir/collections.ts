import type { BinaryExpression, Expression, Keyword, List, MapExpression, Tuple } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, childOfType, namedChildren, operatorOf, spanOf } from "../nodes.js";
import { moduleNamed } from "./aliases.js";
import { decodedText } from "./literals.js";
import type { Reader } from "./reader.js";
import { readOr, unknown } from "./reader.js";

/** `[…]`: a keyword list when every element is a pair, else a list with its tail apart. */
export function readList(reader: Reader, node: SyntaxNode): List | Keyword {
  const elements = namedChildren(node);
  const last = elements.at(-1);
  if (elements.length === 1 && last?.type === "keywords") return readPairs(reader, namedChildren(last), spanOf(node));
  if (last?.type !== "binary_operator" || operatorOf(last) !== "|") {
    return { kind: "list", elements: elements.map(reader.read), tail: null, span: spanOf(node) };
  }
  const read = elements.slice(0, -1).map(reader.read);
  read.push(readOr(reader, childIn(last, "left"), last.start));
  return { kind: "list", elements: read, tail: readOr(reader, childIn(last, "right"), last.end), span: spanOf(node) };
}

export function readElements(reader: Reader, node: SyntaxNode, kind: "tuple" | "binary"): Tuple | BinaryExpression {
  return { kind, elements: namedChildren(node).map(reader.read), span: spanOf(node) };
}

/** Pairs such as `as: Name, only: […]`, whichever node held them. */
export function readPairs(reader: Reader, pairs: readonly SyntaxNode[], span: Span): Keyword {
  const entries = pairs.flatMap((pair) => {
    const key = childIn(pair, "key");
    if (key === null) return [];
    return [{ ...keyOf(reader, key), value: readOr(reader, childIn(pair, "value"), pair.end) }];
  });
  return { kind: "keyword", entries, span };
}

/** A pair's key without its colon, and where it stands. */
export function keyOf(reader: Reader, node: SyntaxNode): { readonly key: string; readonly keySpan: Span } {
  if (node.type === "quoted_keyword") {
    const end = node.children.findLast((child) => child.field === "quoted_end")?.end ?? node.end;
    return { key: decodedText(reader, node), keySpan: { start: node.start, end } };
  }
  const colon = reader.text.lastIndexOf(":", node.end - 1);
  const end = colon > node.start ? colon : node.end;
  return { key: reader.text.slice(node.start, end), keySpan: { start: node.start, end } };
}

type Entry = MapExpression["entries"][number];

/** `%{…}`, `%Struct{…}` and their updates. A struct named by a variable (`%kind{}`) becomes the entry `__struct__`. */
export function readMap(reader: Reader, node: SyntaxNode): MapExpression {
  const entries: Entry[] = [];
  const struct = structOf(reader, node, entries);
  const content = childOfType(node, "map_content");
  let base: Expression | null = null;
  for (const child of content === null ? [] : namedChildren(content)) {
    if (child.type === "binary_operator" && operatorOf(child) === "|") {
      base = readOr(reader, childIn(child, "left"), child.start);
      const right = childIn(child, "right");
      if (right !== null) readEntries(reader, right, entries);
    } else readEntries(reader, child, entries);
  }
  return { kind: "map", struct, base, entries, span: spanOf(node) };
}

function structOf(reader: Reader, node: SyntaxNode, entries: Entry[]): string | null {
  const struct = childOfType(node, "struct");
  const named = struct === null ? undefined : namedChildren(struct)[0];
  if (named === undefined) return null;
  const module = moduleNamed(reader, named);
  if (module !== null) return module;
  const key = { kind: "literal", type: "atom", value: "__struct__", span: { start: named.start, end: named.start } } as const;
  entries.push({ key, value: reader.read(named) });
  return null;
}

function readEntries(reader: Reader, node: SyntaxNode, entries: Entry[]): void {
  if (node.type === "keywords") {
    for (const { key, keySpan, value } of readPairs(reader, namedChildren(node), spanOf(node)).entries) {
      entries.push({ key: { kind: "literal", type: "atom", value: key, span: keySpan }, value });
    }
  } else if (node.type === "binary_operator" && operatorOf(node) === "=>") {
    entries.push({ key: readOr(reader, childIn(node, "left"), node.start), value: readOr(reader, childIn(node, "right"), node.end) });
  } else {
    entries.push({ key: reader.read(node), value: unknown({ start: node.end, end: node.end }) });
  }
}
