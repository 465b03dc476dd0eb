import type { Call, Clause, Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { append, childIn, childOfType, spanOf } from "../nodes.js";
import { moduleNamed } from "./aliases.js";
import { partsOf, readArguments } from "./call-parts.js";
import type { CallParts, Piped } from "./forms.js";
import { sectionClauses } from "./clauses.js";
import { decodedText } from "./literals.js";
import type { Reader } from "./reader.js";
import { readOr, readStatements, textOf } from "./reader.js";
import { readSpecialForm } from "./special-forms.js";

/** Any node of type `call`: control flow, a call by name, a field read without parentheses, or a function value applied. */
export function readCall(reader: Reader, node: SyntaxNode, piped: Piped | null): Expression {
  const target = childIn(node, "target");
  if (target?.type === "identifier") {
    const name = textOf(reader, target);
    const parts = partsOf(reader, node);
    const special = readSpecialForm(reader, { node, name, nameSpan: spanOf(target), parts, piped });
    return special ?? readNamed(reader, node, piped, parts, { module: null, subject: null, name, nameSpan: spanOf(target) });
  }
  const name = target?.type === "dot" ? childIn(target, "right") : null;
  const receiver = target?.type === "dot" ? childIn(target, "left") : target;
  if (target?.type !== "dot" || name === null || receiver === null) return readApply(reader, node, receiver ?? null, piped);
  const module = moduleNamed(reader, receiver);
  const bare = piped === null && childOfType(node, "arguments") === null && childOfType(node, "do_block") === null;
  if (module === null && bare) {
    return { kind: "access", subject: reader.read(receiver), field: nameOf(reader, name), key: null, span: spanOf(node) };
  }
  const subject = module === null ? reader.read(receiver) : null;
  const nameSpan = module === null ? spanOf(name) : spanOf(target);
  return readNamed(reader, node, piped, partsOf(reader, node), { module, subject, name: nameOf(reader, name), nameSpan });
}

interface Callee {
  readonly module: string | null;
  readonly subject: Expression | null;
  readonly name: string;
  readonly nameSpan: Span;
}

function readNamed(reader: Reader, node: SyntaxNode, piped: Piped | null, parts: CallParts, callee: Callee): Call {
  const { quoted } = reader;
  if (callee.name === "unquote") reader.quoted = false;
  const given = readArguments(reader, parts);
  if (callee.name === "quote") reader.quoted = true;
  const { block, clauses } = readBlock(reader, parts);
  reader.quoted = quoted;
  return {
    kind: "call",
    module: callee.module,
    subject: callee.subject,
    function: callee.name,
    arguments: piped === null ? given : [piped.first, ...given],
    piped: piped !== null,
    block,
    clauses,
    span: piped === null ? spanOf(node) : piped.span,
    segment: spanOf(node),
    nameSpan: callee.nameSpan,
  };
}

const noClauses: Clause[] = [];

function readBlock(reader: Reader, parts: CallParts): { block: Expression | null; clauses: Clause[] } {
  if (parts.sections.length === 0) return { block: null, clauses: noClauses };
  let block: Expression | null = null;
  const clauses: Clause[] = [];
  for (const section of parts.sections) {
    const plain = section.role === "do" && !section.nodes.some((child) => child.type === "stab_clause");
    if (plain) block = readStatements(reader, section.nodes, section.keyword.end);
    else append(clauses, sectionClauses(reader, section, section.role === "do" ? "clause" : section.role));
  }
  return { block, clauses };
}

function readApply(reader: Reader, node: SyntaxNode, subject: SyntaxNode | null, piped: Piped | null): Expression {
  const applied = readOr(reader, subject, node.start);
  const given = readArguments(reader, partsOf(reader, node));
  const everything = piped === null ? given : [piped.first, ...given];
  return { kind: "apply", subject: applied, arguments: everything, span: piped === null ? spanOf(node) : piped.span };
}

function nameOf(reader: Reader, node: SyntaxNode): string {
  return node.type === "string" || node.type === "charlist" ? decodedText(reader, node) : textOf(reader, node);
}
