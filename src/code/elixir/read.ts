import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";
import { moduleNamed, resolveModule } from "./aliases.js";
import { readCall } from "./calls.js";
import { readLambda } from "./clauses.js";
import { readElements, readList, readMap, readPairs } from "./collections.js";
import { readAtom, readQuoted, readSigil, written } from "./literals.js";
import { readBinary, readUnary } from "./operators.js";
import type { Reader } from "./reader.js";
import { readOr, readStatements, textOf, unknown } from "./reader.js";

/** Reads any node as an expression; past a depth no person writes, the text is given up as damage. */
export function readExpression(reader: Reader, node: SyntaxNode): Expression {
  const span = spanOf(node);
  if (!reader.enter(span)) return unknown(span);
  const expression = readKind(reader, node);
  reader.leave();
  return expression;
}

function readKind(reader: Reader, node: SyntaxNode): Expression {
  switch (node.type) {
    case "identifier":
      return readIdentifier(reader, node);
    case "call":
      return readCall(reader, node, null);
    case "alias":
      return { kind: "module", name: resolveModule(reader, textOf(reader, node)), span: spanOf(node) };
    case "binary_operator":
      return readBinary(reader, node);
    case "unary_operator":
      return readUnary(reader, node);
    case "list":
      return readList(reader, node);
    case "tuple":
      return readElements(reader, node, "tuple");
    case "bitstring":
      return readElements(reader, node, "binary");
    case "map":
      return readMap(reader, node);
    case "keywords":
      return readPairs(reader, namedChildren(node), spanOf(node));
    case "access_call":
      return readAccess(reader, node);
    case "dot":
      return readDot(reader, node);
    case "anonymous_function":
      return readLambda(reader, node);
    case "block":
      return readParentheses(reader, node);
    case "body":
      return readStatements(reader, namedChildren(node), node.end);
    default:
      return readLeaf(reader, node);
  }
}

function readLeaf(reader: Reader, node: SyntaxNode): Expression {
  switch (node.type) {
    case "atom":
      return readAtom(reader, node);
    case "string":
    case "charlist":
      return readQuoted(reader, node, node.type);
    case "quoted_atom":
      return readQuoted(reader, node, "atom");
    case "sigil":
      return readSigil(reader, node);
    case "integer":
    case "float":
    case "boolean":
    case "nil":
      return written(reader, node, node.type);
    case "char":
      return written(reader, node, "character");
    default:
      return unknown(spanOf(node), namedChildren(node).map(reader.read));
  }
}

function readIdentifier(reader: Reader, node: SyntaxNode): Expression {
  const markup = reader.markers.get(node.start);
  if (markup !== undefined) return markup;
  const module = moduleNamed(reader, node);
  if (module !== null) return { kind: "module", name: module, span: spanOf(node) };
  return { kind: "variable", name: textOf(reader, node), pinned: false, span: spanOf(node) };
}

function readAccess(reader: Reader, node: SyntaxNode): Expression {
  const subject = readOr(reader, childIn(node, "target"), node.start);
  return { kind: "access", subject, field: null, key: readOr(reader, childIn(node, "key"), node.end), span: spanOf(node) };
}

// A dot that is no call: `__MODULE__.Query`, or damage.
function readDot(reader: Reader, node: SyntaxNode): Expression {
  const module = moduleNamed(reader, node);
  if (module !== null) return { kind: "module", name: module, span: spanOf(node) };
  return unknown(spanOf(node), namedChildren(node).map(reader.read));
}

// `(a)` is `a`; `(x -> y)` appears in type specifications only.
function readParentheses(reader: Reader, node: SyntaxNode): Expression {
  const inner = namedChildren(node);
  if (inner.some((child) => child.type === "stab_clause")) return unknown(spanOf(node), inner.map(reader.read));
  return readStatements(reader, inner, node.start + 1);
}
