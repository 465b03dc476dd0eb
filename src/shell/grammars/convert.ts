import type { SyntaxNode } from "../../model/syntax.js";
import type { NodeShape } from "./grammar-shape.js";
import { shapeOf } from "./grammar-shape.js";

/** The part of a tree-sitter cursor that both engines share. */
export interface Cursor {
  readonly nodeTypeId: number;
  readonly nodeType: string;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  readonly currentFieldId: number;
  readonly currentFieldName: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** Shapes and field names by id, filled as they are met. */
export interface NameTable {
  readonly shapes: Map<number, NodeShape>;
  readonly fields: Map<number, string | null>;
}

export function createNameTable(): NameTable {
  return { shapes: new Map(), fields: new Map([[0, null]]) };
}

interface OpenNode extends SyntaxNode {
  children: SyntaxNode[];
}

// Most nodes are leaves; they share one list.
const noChildren: SyntaxNode[] = [];

/**
 * Copies a whole tree out of an engine, without recursion, so that depth is bounded by memory alone.
 * `hasError` is the root's: a clean tree is spared the questions about damage.
 */
export function convertTree(cursor: Cursor, names: NameTable, hasError: boolean): SyntaxNode {
  let shape = shapeAt(cursor, names);
  const root = nodeAt(cursor, shape, null, hasError);
  const ancestors: { readonly node: OpenNode; readonly shape: NodeShape }[] = [];
  let current: OpenNode | null = root;
  for (;;) {
    if (current !== null && !shape.leaf && cursor.gotoFirstChild()) {
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
    current = null;
    if (shape.punctuation && !hasError && !parent.shape.holdsFields) continue;
    current = nodeAt(cursor, shape, parent.shape.holdsFields ? fieldAt(cursor, names) : null, hasError);
    parent.node.children.push(current);
  }
}

function nodeAt(cursor: Cursor, shape: NodeShape, field: string | null, hasError: boolean): OpenNode {
  const { type, named } = shape;
  const start = cursor.startIndex;
  const end = shape.length === null || hasError ? cursor.endIndex : start + shape.length;
  const damaged = hasError && (type === "ERROR" || (start === end && cursor.nodeIsMissing));
  return { type, named, field, start, end, damaged, children: noChildren };
}

function shapeAt(cursor: Cursor, names: NameTable): NodeShape {
  const id = cursor.nodeTypeId;
  const known = names.shapes.get(id);
  if (known !== undefined) return known;
  const met = shapeOf(cursor.nodeType, cursor.nodeIsNamed);
  names.shapes.set(id, met);
  return met;
}

function fieldAt(cursor: Cursor, names: NameTable): string | null {
  const id = cursor.currentFieldId;
  const known = names.fields.get(id);
  if (known !== undefined) return known;
  const met = cursor.currentFieldName ?? null;
  names.fields.set(id, met);
  return met;
}
