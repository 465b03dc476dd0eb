import type { Clause, Expression, Lambda } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, namedChildren, operatorOf, spanOf } from "../nodes.js";
import type { Section } from "./forms.js";
import type { Reader } from "./reader.js";
import { readStatements } from "./reader.js";

/** The clauses of one section: one for each arrow, or a single one without patterns when it holds plain statements. */
export function sectionClauses(reader: Reader, section: Section, arrowRole: Clause["role"]): Clause[] {
  if (section.nodes.some((node) => node.type === "stab_clause")) {
    return section.nodes.filter((node) => node.type === "stab_clause").map((node) => readArrow(reader, node, arrowRole));
  }
  const body = readStatements(reader, section.nodes, section.keyword.end);
  return [{ role: section.role, patterns: [], guard: null, body, span: section.span }];
}

/** `patterns when guard -> body`. */
export function readArrow(reader: Reader, node: SyntaxNode, role: Clause["role"]): Clause {
  const { aliases } = reader;
  const { patterns, guard } = readHead(reader, childIn(node, "left"));
  const right = childIn(node, "right");
  const body = readStatements(reader, right === null ? [] : namedChildren(right), right?.start ?? node.end);
  reader.aliases = aliases;
  return { role, patterns, guard, body, span: { start: node.start, end: Math.max(body.span.end, arrowEnd(node)) } };
}

/** `fn … end`. */
export function readLambda(reader: Reader, node: SyntaxNode): Lambda {
  const arrows = namedChildren(node).filter((child) => child.type === "stab_clause");
  return { kind: "lambda", clauses: arrows.map((arrow) => readArrow(reader, arrow, "clause")), span: spanOf(node) };
}

/** A pattern that may carry `when`, as before `<-` and in heads. */
export function readGuarded(reader: Reader, node: SyntaxNode): { readonly pattern: Expression; readonly guard: Expression | null } {
  if (node.type !== "binary_operator" || operatorOf(node) !== "when") return { pattern: reader.read(node), guard: null };
  const left = childIn(node, "left");
  const right = childIn(node, "right");
  if (left === null || right === null) return { pattern: reader.read(node), guard: null };
  return { pattern: reader.read(left), guard: reader.read(right) };
}

interface Head {
  readonly patterns: Expression[];
  readonly guard: Expression | null;
}

function readHead(reader: Reader, left: SyntaxNode | null): Head {
  if (left === null) return { patterns: [], guard: null };
  if (left.type === "arguments") return { patterns: namedChildren(left).map(reader.read), guard: null };
  const guarded = left.type === "binary_operator" && operatorOf(left) === "when" ? childIn(left, "left") : null;
  const condition = guarded === null ? null : childIn(left, "right");
  if (guarded === null || condition === null) return { patterns: [reader.read(left)], guard: null };
  const { patterns } = readHead(reader, guarded);
  return { patterns, guard: reader.read(condition) };
}

function arrowEnd(node: SyntaxNode): number {
  for (const child of node.children) if (child.field === "operator") return child.end;
  return node.start;
}
