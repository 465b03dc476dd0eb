import type { Expression, Literal } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childOfType, namedChildren, spanOf } from "../nodes.js";
import type { Reader } from "./reader.js";
import { readStatements, textOf } from "./reader.js";
import { decodeEscape, unindent } from "./text.js";

/** A literal that keeps its written form. */
export function written(reader: Reader, node: SyntaxNode, type: Literal["type"]): Literal {
  return { kind: "literal", type, value: textOf(reader, node), span: spanOf(node) };
}

export function readAtom(reader: Reader, node: SyntaxNode): Literal {
  return { kind: "literal", type: "atom", value: reader.text.slice(node.start + 1, node.end), span: spanOf(node) };
}

/** A string, charlist or quoted atom: a literal, or an interpolation when it embeds expressions. */
export function readQuoted(reader: Reader, node: SyntaxNode, type: "string" | "charlist" | "atom"): Expression {
  const embeds = childOfType(node, "interpolation") !== null;
  if (embeds) return { kind: "interpolation", type, parts: readParts(reader, node, type), span: spanOf(node) };
  return { kind: "literal", type, value: decodedText(reader, node), span: spanOf(node) };
}

/** The text between a node's quotes with escapes decoded and a heredoc's indentation taken away. */
export function decodedText(reader: Reader, node: SyntaxNode): string {
  const indentation = heredocIndentation(reader, node);
  let text = "";
  for (const child of node.children) {
    if (child.type === "quoted_content") text += contentOf(reader, child, indentation, text === "");
    else if (child.type === "escape_sequence") text += decodeEscape(textOf(reader, child));
  }
  return text;
}

/** A sigil: templates are read as markup, others keep their written form. */
export function readSigil(reader: Reader, node: SyntaxNode): Expression {
  const name = childOfType(node, "sigil_name");
  const language = name === null ? undefined : templateSigils.get(textOf(reader, name));
  if (language !== undefined) {
    const content = childOfType(node, "quoted_content");
    if (content === null) return { kind: "markup", children: [], span: spanOf(node) };
    return { ...reader.readTemplate(spanOf(content), language), span: spanOf(node) };
  }
  if (childOfType(node, "interpolation") === null) return written(reader, node, "sigil");
  return { kind: "interpolation", type: "sigil", parts: readParts(reader, node, "sigil"), span: spanOf(node) };
}

const templateSigils: ReadonlyMap<string, "heex" | "eex"> = new Map([
  ["H", "heex"],
  ["L", "eex"],
  ["E", "eex"],
]);

function readParts(reader: Reader, node: SyntaxNode, type: "string" | "charlist" | "atom" | "sigil"): Expression[] {
  const indentation = heredocIndentation(reader, node);
  const parts: Expression[] = [];
  let value = "";
  let start: number | null = null;
  const flush = (end: number) => {
    if (start !== null) parts.push({ kind: "literal", type, value, span: { start, end } });
    value = "";
    start = null;
  };
  for (const child of node.children) {
    if (child.type === "quoted_content" || child.type === "escape_sequence") {
      start ??= child.start;
      if (child.type === "escape_sequence") value += type === "sigil" ? textOf(reader, child) : decodeEscape(textOf(reader, child));
      else value += contentOf(reader, child, indentation, parts.length === 0 && value === "");
    } else {
      flush(child.start);
      if (child.type === "interpolation") parts.push(readStatements(reader, namedChildren(child), child.start));
    }
  }
  return parts;
}

function contentOf(reader: Reader, node: SyntaxNode, indentation: number | null, first: boolean): string {
  const text = textOf(reader, node);
  if (indentation === null) return text;
  const unindented = unindent(text, indentation);
  return first ? unindented.replace(/^\r?\n/, "") : unindented;
}

// A heredoc's closing quotes say how far its text is indented.
function heredocIndentation(reader: Reader, node: SyntaxNode): number | null {
  const opening = node.children.find((child) => child.field === "quoted_start");
  if (opening === undefined || opening.end - opening.start !== 3) return null;
  const closing = node.children.findLast((child) => child.field === "quoted_end");
  if (closing === undefined) return 0;
  return closing.start - (reader.text.lastIndexOf("\n", closing.start - 1) + 1);
}
