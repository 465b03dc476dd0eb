import type { SyntaxNode } from "../../model/syntax.js";
import { convertCleanTree } from "./convert-clean.js";
import type { Cursor, NameTable, OpenNode } from "./cursor.js";
import { fieldAt, noChildren, shapeAt } from "./cursor.js";
import type { NodeShape } from "./grammar-shape.js";

/**
 * Copies a whole tree out of an engine, without recursion, so that depth is bounded by memory alone.
 * `hasError` is the root's: of a clean tree most is known without asking.
 */
export function convertTree(cursor: Cursor, names: NameTable, hasError: boolean): SyntaxNode {
  return hasError ? convertDamagedTree(cursor, names) : convertCleanTree(cursor, names);
}

function convertDamagedTree(cursor: Cursor, names: NameTable): SyntaxNode {
  let shape = shapeAt(cursor, names);
  const root = nodeAt(cursor, shape, null);
  const ancestors: { readonly node: OpenNode; readonly shape: NodeShape }[] = [];
  let current = root;
  for (;;) {
    if (!shape.leaf && cursor.gotoFirstChild()) {
      current.children = [];
      ancestors.push({ node: current, shape });
    } else {
      while (!cursor.gotoNextSibling()) {
        ancestors.pop();
        if (!cursor.gotoParent()) return root;
      }
    }
    const parent = ancestors.at(-1);
    if (parent === undefined) return root;
    shape = shapeAt(cursor, names);
    current = nodeAt(cursor, shape, parent.shape.fields === null ? null : fieldAt(cursor, names));
    parent.node.children.push(current);
  }
}

function nodeAt(cursor: Cursor, { type, named }: NodeShape, field: string | null): OpenNode {
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  const damaged = type === "ERROR" || (start === end && cursor.nodeIsMissing);
  return { type, named, field, start, end, damaged, children: noChildren };
}
