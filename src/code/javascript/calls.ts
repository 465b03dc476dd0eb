import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { callOf } from "../common/build.js";
import { calleeNamed, calleeOn } from "../common/origin.js";
import { readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";
import { importedModule, stringIn } from "./imports.js";

/** A call or `new`: by name, on a value or module, or of a value. `require("x")` is the module itself. */
export function readCall(reader: ScriptReader, node: SyntaxNode): Expression {
  const target = bare(childIn(node, "function") ?? childIn(node, "constructor"));
  const list = childIn(node, "arguments");
  const span = spanOf(node);
  if (target === null) return unknown(span, namedChildren(node).map(reader.read));
  const required = requiredBy(reader, target, list);
  if (required !== null) return { kind: "module", name: required, span };
  const method = target.type === "member_expression" ? childIn(target, "property") : null;
  // The receiver is written, and read, before the arguments.
  const subject = method === null ? null : readOr(reader, childIn(target, "object"), target.start);
  const callee =
    subject !== null && method !== null
      ? calleeOn(reader, subject, method)
      : target.type === "identifier"
        ? calleeNamed(reader, target)
        : null;
  const given = (list === null ? [] : list.type === "arguments" ? namedChildren(list) : [list]).map(reader.read);
  if (callee !== null) return callOf(callee, given, span);
  return { kind: "apply", subject: reader.read(target), arguments: given, span };
}

/** `f<string>` and `f!` are `f`. */
function bare(node: SyntaxNode | null): SyntaxNode | null {
  let current = node;
  while (current !== null && /^(instantiation_expression|non_null_expression|parenthesized_expression)$/.test(current.type)) {
    const [inner] = namedChildren(current);
    if (inner === undefined) break;
    current = inner;
  }
  return current;
}

function requiredBy(reader: ScriptReader, target: SyntaxNode, list: SyntaxNode | null): string | null {
  if (list === null || !/^(require|import)$/.test(textOf(reader, target))) return null;
  const specifier = stringIn(reader, namedChildren(list)[0] ?? null);
  return specifier === null ? null : importedModule(reader.path, specifier);
}
