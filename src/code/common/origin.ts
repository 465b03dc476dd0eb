import type { Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { spanOf } from "../nodes.js";
import type { Callee } from "./build.js";
import { findName } from "./names.js";
import { textOf, type ScriptReader } from "./reader.js";

const longest = 200;

/**
 * The dotted name of what an expression is or was made by: `new Pool()` of package pg by `pg.Pool`, what its methods give back
 * likewise, `prisma.user` by `@prisma/client.PrismaClient.user`; null when nothing tells.
 */
export function originOf(reader: ScriptReader, expression: Expression): string | null {
  switch (expression.kind) {
    case "module":
      return expression.name;
    case "variable":
      return findName(reader.names, expression.name).origin;
    case "access":
      return expression.field === null ? null : within(originOf(reader, expression.subject), expression.field);
    case "call":
      return expression.subject === null ? within(expression.module, expression.function) : expression.module;
    case "apply":
      return originOf(reader, expression.subject);
    case "match":
      return originOf(reader, expression.value);
    case "operator":
      return expression.operator === "await" && expression.operands[0] !== undefined ? originOf(reader, expression.operands[0]) : null;
    default:
      return null;
  }
}

function within(outer: string | null, name: string): string | null {
  return outer === null || outer.length + name.length > longest ? null : `${outer}.${name}`;
}

/** A name used as a value: the thing it stands for, or the variable. */
export function readName(reader: ScriptReader, node: SyntaxNode): Expression {
  const name = textOf(reader, node);
  const { origin, fixed } = findName(reader.names, name);
  if (fixed && origin !== null) return { kind: "module", name: origin, span: spanOf(node) };
  return { kind: "variable", name, pinned: false, span: spanOf(node) };
}

/** `subject.field`. */
export function readField(subject: Expression, field: string, span: Span): Expression {
  if (subject.kind === "module") return { kind: "module", name: `${subject.name}.${field}`, span };
  return { kind: "access", subject, field, key: null, span };
}

/** What a call by a plain name calls; null when it calls a value that something known made (`knex("users")`). */
export function calleeNamed(reader: ScriptReader, node: SyntaxNode): Callee | null {
  const name = textOf(reader, node);
  const nameSpan = spanOf(node);
  const { origin, fixed } = findName(reader.names, name);
  if (origin === null) return { module: null, subject: null, name, nameSpan };
  if (!fixed) return null;
  const dot = origin.lastIndexOf(".");
  if (dot === -1) return { module: origin, subject: null, name, nameSpan };
  return { module: origin.slice(0, dot), subject: null, name: origin.slice(dot + 1), nameSpan };
}

/** What a call of a method calls: a function of a module, or of what made the receiver. */
export function calleeOn(reader: ScriptReader, subject: Expression, method: SyntaxNode): Callee {
  const named = { name: textOf(reader, method), nameSpan: spanOf(method) };
  if (subject.kind === "module") return { ...named, module: subject.name, subject: null };
  return { ...named, module: originOf(reader, subject), subject };
}
