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
  readonly shapes: (NodeShape | undefined)[];
  readonly fields: (string | null | undefined)[];
}

/** A node whose end and children are still to come. */
export interface OpenNode extends SyntaxNode {
  end: number;
  children: SyntaxNode[];
}

// Most nodes are leaves; they share one list.
export const noChildren: SyntaxNode[] = [];

export function createNameTable(): NameTable {
  return { shapes: [], fields: [null] };
}

export function shapeAt(cursor: Cursor, { shapes }: NameTable): NodeShape {
  const id = cursor.nodeTypeId;
  const known = shapes[id];
  if (known !== undefined) return known;
  const met = shapeOf(cursor.nodeType, cursor.nodeIsNamed);
  // ERROR's id lies far beyond all others and would make a sparse, slow list of a short one.
  if (met.type !== "ERROR") shapes[id] = met;
  return met;
}

/** The field of the node at the cursor as the engine tells it; null for none. */
export function fieldAt(cursor: Cursor, { fields }: NameTable): string | null {
  const id = cursor.currentFieldId ?? 0;
  const known = fields[id];
  return known === undefined ? (fields[id] = cursor.currentFieldName ?? null) : known;
}
