import type { Expression, Keyword, Loop } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, namedChildren, operatorOf, spanOf } from "../nodes.js";
import type { NamedForm, Section } from "./forms.js";
import { readArrow, readGuarded } from "./clauses.js";
import { readPairs } from "./collections.js";
import type { Reader } from "./reader.js";
import { hull, readOr, readStatements } from "./reader.js";

/** `for`: generators (a guard of one becomes a filter), filters, options, and the body; a reducing body is a lambda. */
export function readLoop(reader: Reader, form: NamedForm): Loop {
  const generators: Generator[] = [];
  const filters: Expression[] = [];
  for (const node of form.parts.positional) readQualifier(reader, node, generators, filters);
  const { options } = form.parts;
  const read: Keyword | null = options.length === 0 ? null : readPairs(reader, options, hull(options, 0));
  const [section] = form.parts.sections;
  const body: Expression = section === undefined ? readStatements(reader, [], form.node.end) : readBody(reader, section);
  return { kind: "loop", generators, filters, options: read, body, span: spanOf(form.node), nameSpan: form.nameSpan };
}

type Generator = Loop["generators"][number];

/** Reads one `pattern <- source` into `generators`, anything else into `filters`. */
export function readQualifier(reader: Reader, node: SyntaxNode, generators: Generator[], filters: Expression[]): void {
  if (node.type === "bitstring") return readBitGenerator(reader, node, generators, filters);
  const left = node.type === "binary_operator" && operatorOf(node) === "<-" ? childIn(node, "left") : null;
  if (left === null) {
    filters.push(reader.read(node));
    return;
  }
  const { pattern, guard } = readGuarded(reader, left);
  generators.push({ pattern, source: readOr(reader, childIn(node, "right"), node.end) });
  if (guard !== null) filters.push(guard);
}

// `<<red::8, green::8 <- pixels>>`: the arrow stands inside the last element.
function readBitGenerator(reader: Reader, node: SyntaxNode, generators: Generator[], filters: Expression[]): void {
  const elements = namedChildren(node);
  const last = elements.at(-1);
  const left = last?.type === "binary_operator" && operatorOf(last) === "<-" ? childIn(last, "left") : null;
  if (last === undefined || left === null) {
    filters.push(reader.read(node));
    return;
  }
  const read = [...elements.slice(0, -1), left].map(reader.read);
  const pattern = { kind: "binary", elements: read, span: { start: node.start, end: left.end } } as const;
  generators.push({ pattern, source: readOr(reader, childIn(last, "right"), last.end) });
}

function readBody(reader: Reader, section: Section): Expression {
  const arrows = section.nodes.filter((node) => node.type === "stab_clause");
  if (arrows.length === 0) return readStatements(reader, section.nodes, section.keyword.end);
  const clauses = arrows.map((arrow) => readArrow(reader, arrow, "clause"));
  return {
    kind: "lambda",
    clauses,
    span: { start: arrows[0]?.start ?? section.span.start, end: clauses.at(-1)?.span.end ?? section.span.end },
  };
}
