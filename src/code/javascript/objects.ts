import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";
import { readFunction } from "./functions.js";

/** An object literal. Functions in it are known by their keys. */
export function readObject(reader: ScriptReader, node: SyntaxNode): Expression {
  const { naming } = reader;
  const entries = namedChildren(node).map((part) => {
    const key = part.type === "pair" ? childIn(part, "key") : childIn(part, "name");
    const name = key === null ? textOf(reader, part) : textOf(reader, key).replace(/^["']|["']$/g, "");
    if (naming !== null) reader.naming = naming === "default" ? name : `${naming}.${name}`;
    const value = valueOf(reader, part);
    reader.naming = naming;
    const span = spanOf(key ?? part);
    const isComputed = key?.type === "computed_property_name" || part.type === "spread_element";
    return { key: isComputed ? unknown(span) : ({ kind: "literal", type: "atom", value: name, span } as const), value };
  });
  return { kind: "map", struct: null, base: null, entries, span: spanOf(node) };
}

function valueOf(reader: ScriptReader, part: SyntaxNode): Expression {
  if (part.type === "pair") return readOr(reader, childIn(part, "value"), part.end);
  return part.type === "method_definition" ? readFunction(reader, part) : reader.read(part);
}

/** A string or template: its text, or its parts when something is embedded. */
export function readText(reader: ScriptReader, node: SyntaxNode): Expression {
  const parts = namedChildren(node).map((part): Expression => {
    if (part.type === "template_substitution") return readOr(reader, namedChildren(part)[0] ?? null, part.start);
    return { kind: "literal", type: "string", value: textOf(reader, part), span: spanOf(part) };
  });
  const plain = parts.flatMap((part) => (part.kind === "literal" && part.type === "string" ? [part.value] : []));
  if (!namedChildren(node).some(({ type }) => type === "template_substitution")) {
    return { kind: "literal", type: "string", value: plain.join(""), span: spanOf(node) };
  }
  return { kind: "interpolation", type: "string", parts, span: spanOf(node) };
}
