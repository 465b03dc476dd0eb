import type { SyntaxNode } from "../../model/syntax.js";

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

interface NodeType {
  readonly type: string;
  readonly named: boolean;
}

/** Names by id, filled as they are met: asking an engine for a number is cheaper than for a string. */
export interface NameTable {
  readonly types: Map<number, NodeType>;
  readonly fields: Map<number, string | null>;
}

export function createNameTable(): NameTable {
  return { types: new Map(), fields: new Map([[0, null]]) };
}

interface OpenNode extends SyntaxNode {
  children: SyntaxNode[];
}

// Most nodes are leaves; they share one list.
const noChildren: SyntaxNode[] = [];

/** Copies a whole tree out of an engine, without recursion, so that depth is bounded by memory alone. */
export function convertTree(cursor: Cursor, names: NameTable): SyntaxNode {
  const root = nodeAt(cursor, names);
  const ancestors: OpenNode[] = [];
  let current = root;
  for (;;) {
    if (cursor.gotoFirstChild()) {
      ancestors.push(current);
      current.children = [];
    } else {
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent() || ancestors.pop() === undefined) return root;
      }
    }
    const parent = ancestors.at(-1);
    if (parent === undefined) return root;
    current = nodeAt(cursor, names);
    parent.children.push(current);
  }
}

function nodeAt(cursor: Cursor, names: NameTable): OpenNode {
  const { type, named } = typeAt(cursor, names);
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  const damaged = type === "ERROR" || (start === end && cursor.nodeIsMissing);
  return { type, named, field: fieldAt(cursor, names), start, end, damaged, children: noChildren };
}

function typeAt(cursor: Cursor, names: NameTable): NodeType {
  const id = cursor.nodeTypeId;
  const known = names.types.get(id);
  if (known !== undefined) return known;
  const met = { type: cursor.nodeType, named: cursor.nodeIsNamed };
  names.types.set(id, met);
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
