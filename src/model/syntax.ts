/**
 * One node of a concrete syntax tree as plain data: what every parser engine hands to `code/`.
 * Offsets are UTF-16 units into the parsed text. Anonymous tokens (operators, keywords) are kept,
 * with their text as `type` and `named` false; brackets and separators of clean trees are left out.
 */
export interface SyntaxNode {
  readonly type: string;
  readonly named: boolean;
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  /** True for a node the parser invented or could not read (ERROR, MISSING). */
  readonly damaged: boolean;
  readonly children: readonly SyntaxNode[];
}
