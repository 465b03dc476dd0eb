import type { Span } from "../model/span.js";
import type { SyntaxNode } from "../model/syntax.js";

export function spanOf(node: SyntaxNode): Span {
  return { start: node.start, end: node.end };
}

/** The children that carry meaning: neither punctuation nor comments. */
export function namedChildren(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const child of node.children) if (child.named && child.type !== "comment") found.push(child);
  return found;
}

/** The first meaningful child in a field; operators' parentheses share their operand's field and are passed over. */
export function childIn(node: SyntaxNode, field: string): SyntaxNode | null {
  for (const child of node.children) if (child.field === field && child.named) return child;
  return null;
}

export function childOfType(node: SyntaxNode, type: string): SyntaxNode | null {
  for (const child of node.children) if (child.type === type) return child;
  return null;
}

/** The written operator of a unary or binary operator node. */
export function operatorOf(node: SyntaxNode): string {
  for (const child of node.children) if (child.field === "operator") return child.type;
  return "";
}

/** Adds every item; unlike a spread, without a limit on how many. */
export function append<Item>(into: Item[], items: readonly Item[]): void {
  for (const item of items) into.push(item);
}
