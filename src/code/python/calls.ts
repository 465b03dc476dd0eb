import type { Expression, Keyword } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { callOf } from "../common/build.js";
import { calleeNamed, calleeOn } from "../common/origin.js";
import { readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";

/** A call by name, on a value or module, or of a value. Named arguments become one keyword list at the end. */
export function readCall(reader: ScriptReader, node: SyntaxNode): Expression {
  const target = childIn(node, "function");
  const list = childIn(node, "arguments");
  const span = spanOf(node);
  if (target === null || list === null) return unknown(span, namedChildren(node).map(reader.read));
  if (target.type === "identifier") {
    const callee = calleeNamed(reader, target);
    if (callee !== null) return callOf(callee, readArguments(reader, list), span);
  }
  const method = target.type === "attribute" ? childIn(target, "attribute") : null;
  if (method === null) return { kind: "apply", subject: reader.read(target), arguments: readArguments(reader, list), span };
  const subject = readOr(reader, childIn(target, "object"), target.start);
  return callOf(calleeOn(reader, subject, method), readArguments(reader, list), span);
}

function readArguments(reader: ScriptReader, list: SyntaxNode): Expression[] {
  // `sum(x for x in xs)`: the comprehension is the list.
  if (list.type === "generator_expression") return [reader.read(list)];
  const given: Expression[] = [];
  const entries: Keyword["entries"][number][] = [];
  for (const node of namedChildren(list)) {
    const name = node.type === "keyword_argument" ? childIn(node, "name") : null;
    if (name === null) given.push(reader.read(node));
    else entries.push({ key: textOf(reader, name), keySpan: spanOf(name), value: readOr(reader, childIn(node, "value"), node.end) });
  }
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return given;
  return [...given, { kind: "keyword", entries, span: { start: first.keySpan.start, end: last.value.span.end } }];
}
