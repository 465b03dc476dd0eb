import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { originOf } from "../common/origin.js";
import { textOf, type ScriptReader } from "../common/reader.js";
import { namedChildren, spanOf } from "../nodes.js";

const several: ReadonlySet<string> = new Set(["pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"]);

/** What is assigned to: its names are local ones from here on, a single one made by what `value` was made by. */
export function readPattern(reader: ScriptReader, node: SyntaxNode, value: Expression | null = null): Expression {
  if (node.type === "identifier") {
    const name = textOf(reader, node);
    reader.names.known.set(name, { origin: value === null ? null : originOf(reader, value), fixed: false });
    return { kind: "variable", name, pinned: false, span: spanOf(node) };
  }
  if (!several.has(node.type)) return reader.read(node);
  return { kind: "tuple", elements: namedChildren(node).map((element) => readPattern(reader, element)), span: spanOf(node) };
}
