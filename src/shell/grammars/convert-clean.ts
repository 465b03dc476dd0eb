import type { SyntaxNode } from "../../model/syntax.js";
import type { Cursor, NameTable, OpenNode } from "./cursor.js";
import { fieldAt, noChildren, shapeAt } from "./cursor.js";
import type { NodeShape } from "./grammar-shape.js";

/** A node on the way from the root, and how many of its shape's fields its children have taken. */
interface Ancestor {
  readonly node: OpenNode;
  readonly shape: NodeShape;
  taken: number;
}

/**
 * Copies a tree without damage. Calls into an engine are what this costs, so it asks only what does not follow: a node begins with its
 * first child and ends with its last, most fields follow from the order of children, and nothing follows a closing bracket.
 */
export function convertCleanTree(cursor: Cursor, names: NameTable): SyntaxNode {
  const shape = shapeAt(cursor, names);
  const root = createNode(shape, null, cursor.startIndex, cursor.endIndex);
  if (cursor.gotoFirstChild()) readChildren(cursor, names, { node: root, shape, taken: 0 });
  return root;
}

// The root's own span may hold blank lines around its children.
function readChildren(cursor: Cursor, names: NameTable, root: Ancestor): void {
  const ancestors: Ancestor[] = [];
  let parent = root;
  root.node.children = [];
  let start = cursor.startIndex;
  for (;;) {
    const shape = shapeAt(cursor, names);
    const field = parent.shape.fields === null ? null : fieldOf(cursor, names, parent, shape);
    if (!shape.leaf && cursor.gotoFirstChild()) {
      const node = createNode(shape, field, start, start);
      node.children = [];
      parent.node.children.push(node);
      ancestors.push(parent);
      parent = { node, shape, taken: 0 };
      if (shape.loose) start = cursor.startIndex;
      continue;
    }
    let end = shape.length === null ? cursor.endIndex : start + shape.length;
    const isKept = !shape.punctuation || parent.shape.fields !== null;
    if (isKept) parent.node.children.push(createNode(shape, field, start, end));
    let isLast = isKept ? isWhole(parent) : shape.closing;
    while (isLast || !cursor.gotoNextSibling()) {
      const above = ancestors.pop();
      if (above === undefined) return;
      cursor.gotoParent();
      if (parent.shape.loose) end = cursor.endIndex;
      parent.node.end = end;
      parent = above;
      isLast = isWhole(parent);
    }
    start = cursor.startIndex;
  }
}

function isWhole({ shape, taken }: Ancestor): boolean {
  return shape.endsWithFields && taken === shape.fields?.length;
}

function fieldOf(cursor: Cursor, names: NameTable, parent: Ancestor, { type, named }: NodeShape): string | null {
  const { fields } = parent.shape;
  if (fields === null || type === "comment") return null;
  if (fields === "asked") return fieldAt(cursor, names);
  // An arrow may have nothing on its left.
  if (!named && fields[parent.taken] === "left") parent.taken += 1;
  const field = fields[parent.taken] ?? null;
  parent.taken += 1;
  return field;
}

function createNode({ type, named }: NodeShape, field: string | null, start: number, end: number): OpenNode {
  return { type, named, field, start, end, damaged: false, children: noChildren };
}
