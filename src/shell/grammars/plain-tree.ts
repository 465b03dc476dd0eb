import type { SyntaxNode } from "../../model/syntax.js";
import type { Cursor } from "./cursor.js";

type PlainCursor = Omit<Cursor, "nodeTypeId" | "currentFieldId">;

const punctuation: ReadonlySet<string> = new Set(", ; ( ) [ ] { } . :".split(" "));

/** Copies a tree out of an engine whatever its grammar, without recursion: every node but punctuation, with its field. */
export function plainTree(cursor: PlainCursor): SyntaxNode {
  const root = nodeAt(cursor);
  const ancestors: OpenNode[] = [];
  let current: OpenNode | null = root;
  for (;;) {
    if (current !== null && cursor.gotoFirstChild()) ancestors.push(current);
    else {
      while (!cursor.gotoNextSibling()) {
        ancestors.pop();
        if (!cursor.gotoParent()) return root;
      }
    }
    const parent = ancestors.at(-1);
    if (parent === undefined) return root;
    current = !cursor.nodeIsNamed && punctuation.has(cursor.nodeType) && !cursor.nodeIsMissing ? null : nodeAt(cursor);
    if (current !== null) parent.children.push(current);
  }
}

interface OpenNode extends SyntaxNode {
  readonly children: SyntaxNode[];
}

function nodeAt(cursor: PlainCursor): OpenNode {
  const type = cursor.nodeType;
  return {
    type,
    named: cursor.nodeIsNamed,
    field: cursor.currentFieldName ?? null,
    start: cursor.startIndex,
    end: cursor.endIndex,
    damaged: type === "ERROR" || cursor.nodeIsMissing,
    children: [],
  };
}
