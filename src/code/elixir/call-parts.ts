import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, childOfType, namedChildren } from "../nodes.js";
import { readPairs } from "./collections.js";
import type { CallParts, Section } from "./forms.js";
import type { Reader } from "./reader.js";
import { hull } from "./reader.js";

const roles: ReadonlyMap<string, Section["role"]> = new Map([
  ["do", "do"],
  ["else", "else"],
  ["rescue", "rescue"],
  ["catch", "catch"],
  ["after", "after"],
  ["else_block", "else"],
  ["rescue_block", "rescue"],
  ["catch_block", "catch"],
  ["after_block", "after"],
]);

export function partsOf(reader: Reader, call: SyntaxNode): CallParts {
  const given = childOfType(call, "arguments");
  const all = given === null ? [] : namedChildren(given);
  const last = all.at(-1);
  const doBlock = childOfType(call, "do_block");
  const pairs = last?.type === "keywords" ? namedChildren(last) : [];
  const positional = last?.type === "keywords" ? all.slice(0, -1) : all;
  if (doBlock !== null) return { positional, options: pairs, sections: blockSections(doBlock) };
  if (!pairs.some((pair) => keyOf(reader, pair) === "do")) return { positional, options: pairs, sections: [] };
  const options: SyntaxNode[] = [];
  const sections: Section[] = [];
  for (const pair of pairs) {
    const section = pairSection(reader, pair);
    if (section === null) options.push(pair);
    else sections.push(section);
  }
  return { positional, options, sections };
}

/** The arguments as expressions: positional ones, then the remaining pairs as one keyword list. */
export function readArguments(reader: Reader, parts: CallParts): Expression[] {
  const read = parts.positional.map(reader.read);
  if (parts.options.length > 0) read.push(readPairs(reader, parts.options, hull(parts.options, 0)));
  return read;
}

function blockSections(block: SyntaxNode): Section[] {
  const nodes: SyntaxNode[] = [];
  const later: Section[] = [];
  for (const child of namedChildren(block)) {
    const role = roles.get(child.type);
    if (role === undefined) nodes.push(child);
    else later.push(section(role, child, namedChildren(child)));
  }
  return [section("do", block, nodes), ...later];
}

function section(role: Section["role"], holder: SyntaxNode, nodes: readonly SyntaxNode[]): Section {
  // A block put together after damage has no keyword of its own.
  const keyword = { start: holder.start, end: Math.min(holder.start + role.length, holder.end) };
  return { role, nodes, keyword, span: { start: holder.start, end: nodes.at(-1)?.end ?? keyword.end } };
}

function pairSection(reader: Reader, pair: SyntaxNode): Section | null {
  const role = roles.get(keyOf(reader, pair));
  const value = childIn(pair, "value");
  if (role === undefined || value === null) return null;
  const keyword = { start: pair.start, end: pair.start + role.length };
  const nodes = value.type === "block" ? namedChildren(value) : [value];
  return { role, nodes, keyword, span: { start: pair.start, end: pair.end } };
}

function keyOf(reader: Reader, pair: SyntaxNode): string {
  const key = childIn(pair, "key");
  return key?.type === "keyword" ? reader.text.slice(key.start, reader.text.lastIndexOf(":", key.end - 1)) : "";
}
