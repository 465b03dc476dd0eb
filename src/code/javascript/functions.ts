import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { addFunction, clauseOf, operator } from "../common/build.js";
import { inside, readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import type { ModuleDraft } from "../elixir/module-draft.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";
import { readPattern } from "./patterns.js";
import { originOfType } from "./types.js";

/** Adds a function or method to a module. */
export function defineFunction(reader: ScriptReader, module: ModuleDraft, node: SyntaxNode, name: string): void {
  const named = childIn(node, "name");
  inside(reader, () => {
    const parameters = readParameters(reader, node);
    const body = readOr(reader, childIn(node, "body"), node.end);
    const isPrivate =
      /^[_#]/.test(name) || node.children.some((child) => child.type === "accessibility_modifier" && textOf(reader, child) === "private");
    addFunction(module, {
      ...{ name, span: spanOf(node), nameSpan: spanOf(named ?? node), parameters, body },
      ...{ visibility: isPrivate ? "private" : "public", documented: false },
    });
  });
}

/** A function literal: a value, or a function of the file where it stands outside any other. */
export function readFunction(reader: ScriptReader, node: SyntaxNode): Expression {
  const span = spanOf(node);
  const { naming } = reader;
  if (naming !== null) {
    defineFunction(reader, reader.file, node, naming);
    const arity =
      reader.file.functions.find((known) => known.name === naming && known.clauses.some((clause) => clause.span.start === node.start))
        ?.arity ?? 0;
    return { kind: "capture", module: reader.file.name, function: naming, arity, span };
  }
  return inside(reader, () => {
    const parameters = readParameters(reader, node);
    const body = readOr(reader, childIn(node, "body"), node.end);
    return { kind: "lambda", clauses: [clauseOf("clause", parameters, body, span)], span };
  });
}

/** A function declared inside another is a value with a name. */
export function readLocalFunction(reader: ScriptReader, node: SyntaxNode): Expression {
  const name = childIn(node, "name");
  if (name === null) return unknown(spanOf(node));
  const pattern = readPattern(reader, name);
  return { kind: "match", pattern, value: readFunction(reader, node), span: spanOf(node) };
}

function readParameters(reader: ScriptReader, node: SyntaxNode): Expression[] {
  const single = childIn(node, "parameter");
  if (single !== null) return [readPattern(reader, single)];
  const list = childIn(node, "parameters");
  return (list === null ? [] : namedChildren(list)).map((parameter) => readParameter(reader, parameter));
}

function readParameter(reader: ScriptReader, node: SyntaxNode): Expression {
  const written = childIn(node, "pattern") ?? node;
  const origin = originOfType(reader, childIn(node, "type"));
  const value = childIn(node, "value");
  const given = value === null ? null : reader.read(value);
  const pattern = readPattern(reader, written, null, origin);
  if (given !== null) return operator("\\\\", [pattern, given], spanOf(node));
  return node.type === "optional_parameter"
    ? operator("\\\\", [pattern, unknown({ start: node.end, end: node.end })], spanOf(node))
    : pattern;
}
