import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { operator } from "../common/build.js";
import { originOf } from "../common/origin.js";
import { readOr, textOf, unknown, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";

/** What is assigned to or bound. Names become local ones, made by `value`, or by what `origin` says; names of a package stay names of the package. */
export function readPattern(
  reader: ScriptReader,
  node: SyntaxNode,
  value: Expression | null = null,
  origin: string | null = null,
): Expression {
  const made = origin ?? (value === null ? null : originOf(reader, value));
  return bindPattern(reader, node, made, value?.kind === "module");
}

function bindPattern(reader: ScriptReader, node: SyntaxNode, origin: string | null, fixed: boolean): Expression {
  const span = spanOf(node);
  switch (node.type) {
    case "identifier":
    case "shorthand_property_identifier_pattern": {
      const name = textOf(reader, node);
      const made = node.type === "identifier" || origin === null ? origin : `${origin}.${name}`;
      reader.names.known.set(name, { origin: made, fixed: fixed && made !== null });
      return { kind: "variable", name, pinned: false, span };
    }
    case "object_pattern":
      return { kind: "tuple", elements: namedChildren(node).map((part) => bindPattern(reader, part, origin, fixed)), span };
    case "array_pattern":
      return { kind: "tuple", elements: namedChildren(node).map((part) => bindPattern(reader, part, null, false)), span };
    case "pair_pattern": {
      const key = childIn(node, "key");
      const made = origin === null || key === null ? null : `${origin}.${textOf(reader, key)}`;
      const target = childIn(node, "value");
      return target === null ? unknown(span) : bindPattern(reader, target, made, fixed);
    }
    case "assignment_pattern":
    case "object_assignment_pattern": {
      const target = childIn(node, "left");
      const given = readOr(reader, childIn(node, "right"), node.end);
      return target === null ? unknown(span) : operator("\\\\", [bindPattern(reader, target, origin, fixed), given], span);
    }
    case "rest_pattern": {
      const [target] = namedChildren(node);
      return target === undefined ? unknown(span) : bindPattern(reader, target, null, false);
    }
    default:
      return reader.read(node);
  }
}
