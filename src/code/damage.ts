import type { Comment } from "../model/facts.js";
import type { Span } from "../model/span.js";
import type { SyntaxNode } from "../model/syntax.js";
import { spanOf } from "./nodes.js";

/** What a tree holds beside code: its comments, and the outermost spans the parser could not read, in order. `isStray` names what a grammar accepts and the language does not. */
export function surveyTree(
  root: SyntaxNode,
  text: string,
  isStray: (node: SyntaxNode, text: string) => boolean = isStrayEnd,
): { comments: Comment[]; damage: Span[] } {
  const comments: Comment[] = [];
  const damage: Span[] = [];
  const pending: SyntaxNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ((node.damaged || isStray(node, text)) && node.start >= (damage.at(-1)?.end ?? 0)) damage.push(spanOf(node));
    if (node.type === "comment") comments.push({ text: text.slice(node.start, node.end), span: spanOf(node) });
    const { children } = node;
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index];
      if (child !== undefined) pending.push(child);
    }
  }
  return { comments, damage };
}

// The grammar takes one `end` too many for a name; only after a dot (`range.end`) it is one.
function isStrayEnd(node: SyntaxNode, text: string): boolean {
  return node.type === "identifier" && node.end - node.start === 3 && node.field !== "right" && text.startsWith("end", node.start);
}

/** Spans in order with overlapping ones joined. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((left, right) => left.start - right.start)) {
    const last = joined.at(-1);
    if (last !== undefined && span.start < last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else joined.push(span);
  }
  return joined;
}
