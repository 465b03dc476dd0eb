import type { Expression, Markup } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { surveyTree } from "../damage.js";
import type { Reader } from "../elixir/reader.js";
import { unknown } from "../elixir/reader.js";
import { append, namedChildren } from "../nodes.js";
import type { BlockNode } from "./tree.js";

/** The statements written between two offsets. `whole` false means the parser could not read all of it. */
export interface Fragment {
  readonly statements: readonly SyntaxNode[];
  readonly damage: readonly Span[];
}

/** Parses embedded code; nodes carry offsets of the whole file. */
export function parseFragment(reader: Reader, code: Span, written = reader.text.slice(code.start, code.end)): Fragment {
  const tree = shifted(reader.parse(written), code.start);
  const { comments, damage } = surveyTree(tree, reader.text);
  append(reader.comments, comments);
  return { statements: namedChildren(tree), damage };
}

/** Embedded code as expressions, its damage noted. */
export function readFragment(reader: Reader, code: Span): Expression[] {
  const { statements, damage } = parseFragment(reader, code);
  append(reader.unread, damage);
  return statements.map(reader.read);
}

/**
 * Code spread over several tags, with the markup between them standing where the tags' contents are evaluated. When the
 * tags don't fit together (or the last is missing) only the contents are kept.
 */
export function readSpreadCode(reader: Reader, block: BlockNode, contents: readonly Markup[]): Expression[] {
  const first = block.parts[0]?.code ?? block.span;
  if (block.end === null) {
    reader.unread.push(first);
    return [unknown(block.span, contents)];
  }
  const outer = reader.markers;
  const markers = new Map(outer);
  const code = { start: first.start, end: block.end.end };
  const { statements, damage } = parseFragment(reader, code, skeletonOf(reader, block, block.end, contents, markers));
  if (damage.length > 0) {
    append(reader.unread, damage);
    return [unknown(block.span, contents)];
  }
  reader.markers = markers;
  const read = statements.map(reader.read);
  reader.markers = outer;
  return read;
}

const marker = "\n_;";

/** The code of every part at its own offset, blanks elsewhere, and a marker in each `%>` where the content's value belongs. */
function skeletonOf(reader: Reader, block: BlockNode, last: Span, contents: readonly Markup[], markers: Map<number, Markup>): string {
  const from = block.parts[0]?.code.start ?? last.start;
  let skeleton = "";
  block.parts.forEach((part, index) => {
    skeleton += " ".repeat(Math.max(0, part.code.start - from - skeleton.length));
    skeleton += reader.text.slice(part.code.start, part.code.end);
    const content = contents[index];
    const follows = block.parts[index + 1];
    // `case x do` up to its first arrow holds nothing that could be evaluated.
    const heading = follows !== undefined && endsWith(reader, part.code, "do") && endsWith(reader, follows.code, "->");
    if (content === undefined || heading) return;
    markers.set(part.code.end + 1, content);
    skeleton += marker;
  });
  return skeleton + " ".repeat(Math.max(0, last.start - from - skeleton.length)) + reader.text.slice(last.start, last.end);
}

function endsWith(reader: Reader, code: Span, ending: string): boolean {
  return reader.text.slice(code.start, code.end).trimEnd().endsWith(ending);
}

type Shifting = { -readonly [Key in keyof SyntaxNode]: SyntaxNode[Key] };

function shifted(root: SyntaxNode, by: number): SyntaxNode {
  const top = moved(root, by);
  const pending: Shifting[] = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.children.length === 0) continue;
    const children = node.children.map((child) => moved(child, by));
    for (const child of children) pending.push(child);
    node.children = children;
  }
  return top;
}

function moved(node: SyntaxNode, by: number): Shifting {
  return { ...node, start: node.start + by, end: node.end + by };
}
