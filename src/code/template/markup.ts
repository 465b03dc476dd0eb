import type { Expression, Markup } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { Reader } from "../elixir/reader.js";
import { append } from "../nodes.js";
import { readElement } from "./elements.js";
import { parseFragment, readFragment, readSpreadCode } from "./fragments.js";
import { scanEex, scanHeex } from "./scan.js";
import { createSource } from "./source.js";
import { buildTree } from "./tree.js";
import type { BlockNode, TemplateNode } from "./tree.js";

/** Reads a template between two offsets of the reader's text; the scope outside it stays as it was. */
export function readMarkup(reader: Reader, span: Span, language: "heex" | "eex"): Markup {
  const { template, quoted, placeholders, aliases } = reader;
  reader.template = true;
  reader.quoted = false;
  reader.placeholders = null;
  const source = createSource(reader.text, span, language);
  const nodes = buildTree(reader.text, language === "heex" ? scanHeex(source) : scanEex(source), span);
  const markup = readNodes(reader, nodes, span);
  Object.assign(reader, { template, quoted, placeholders, aliases });
  return markup;
}

function readNodes(reader: Reader, nodes: readonly TemplateNode[], span: Span): Markup {
  const children: Expression[] = [];
  for (const node of nodes) readNode(reader, node, children);
  return { kind: "markup", children, span };
}

// Plain tags add their children to their holder's, so only what means something deepens the result.
function readNode(reader: Reader, node: TemplateNode, into: Expression[]): void {
  if (node.kind === "note") reader.comments.push({ text: reader.text.slice(node.span.start, node.span.end), span: node.span });
  else if (node.kind === "code") append(into, readCode(reader, node));
  else if (!reader.enter(node.span)) return;
  else {
    if (node.kind === "block") append(into, readBlock(reader, node));
    else readElement(reader, node, into, readNode);
    reader.leave();
  }
}

// Before Phoenix LiveView 1.0 a brace in a body was text, so one that holds no Elixir still is.
function readCode(reader: Reader, node: Extract<TemplateNode, { kind: "code" }>): Expression[] {
  if (node.form !== "curly") return readFragment(reader, node.code);
  const { statements, damage } = parseFragment(reader, node.code);
  return damage.length > 0 ? [] : statements.map(reader.read);
}

function readBlock(reader: Reader, block: BlockNode): Expression[] {
  const contents = block.parts.map((part) => readNodes(reader, part.children, part.inside));
  return readSpreadCode(reader, block, contents);
}
