import type { SyntaxNode } from "../../model/syntax.js";
import { append, childIn, childOfType } from "../nodes.js";

const moduleDefiners: ReadonlySet<string> = new Set(["defmodule", "defprotocol", "defimpl"]);
const functionDefiners: ReadonlySet<string> = new Set(["def", "defp", "defmacro", "defmacrop"]);

/**
 * A damaged tree with its definitions put together again: a module whose `end` was not found holds what follows it,
 * and functions after one `end` too many return to their module. Offsets stay as they are.
 */
export function recoverTree(root: SyntaxNode, text: string): SyntaxNode {
  const statements: SyntaxNode[] = [];
  for (const child of root.type === "ERROR" ? regroup(root.children, text) : root.children) {
    const previous = statements.at(-1);
    const headless = previous !== undefined && defines(previous, text, moduleDefiners) && childOfType(previous, "do_block") === null;
    if (child.type !== "ERROR") statements.push(child);
    else if (headless) statements[statements.length - 1] = withBody(previous, regroup(child.children, text));
    else append(statements, regroup(child.children, text));
  }
  return { ...root, type: "source", children: adopt(statements, text) };
}

/** What stands in an ERROR node, with each torn definition (its name, its heading, then its body as siblings) as one call again. */
export function regroup(nodes: readonly SyntaxNode[], text: string): SyntaxNode[] {
  const whole: SyntaxNode[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    const heading = nodes[index + 1];
    if (node === undefined) break;
    if (node.type !== "identifier" || heading?.type !== "arguments") {
      whole.push(node);
      continue;
    }
    const name = text.slice(node.start, node.end);
    if (moduleDefiners.has(name)) {
      whole.push(definition(node, heading, regroup(nodes.slice(index + 2), text)));
      break;
    }
    if (!functionDefiners.has(name)) {
      whole.push(node);
      continue;
    }
    const next = nodes.findIndex((later, position) => position > index + 1 && beginsDefinition(later, text));
    const until = next === -1 ? nodes.length : next;
    whole.push(definition(node, heading, nodes.slice(index + 2, until)));
    index = until - 1;
  }
  return whole;
}

function definition(name: SyntaxNode, heading: SyntaxNode, body: readonly SyntaxNode[]): SyntaxNode {
  const call = { ...name, type: "call", field: null, end: heading.end, children: [{ ...name, field: "target" }, heading] };
  return withBody(call, body);
}

function withBody(call: SyntaxNode, body: readonly SyntaxNode[]): SyntaxNode {
  const end = Math.max(call.end, body.at(-1)?.end ?? call.end);
  const block: SyntaxNode = { type: "do_block", named: true, field: null, start: call.end, end, damaged: true, children: body };
  return { ...call, end, children: [...call.children, block] };
}

function adopt(statements: readonly SyntaxNode[], text: string): SyntaxNode[] {
  const adopted: SyntaxNode[] = [];
  for (const statement of statements) {
    const previous = adopted.at(-1);
    const block = previous === undefined ? null : childOfType(previous, "do_block");
    if (previous !== undefined && block !== null && defines(previous, text, moduleDefiners) && defines(statement, text, functionDefiners)) {
      const wider = { ...block, end: statement.end, children: [...block.children, statement] };
      const children = previous.children.map((child) => (child === block ? wider : child));
      adopted[adopted.length - 1] = { ...previous, end: statement.end, children };
    } else adopted.push(statement);
  }
  return adopted;
}

function beginsDefinition(node: SyntaxNode, text: string): boolean {
  if (node.type === "identifier") return functionDefiners.has(text.slice(node.start, node.end));
  return defines(node, text, functionDefiners) || defines(node, text, moduleDefiners);
}

function defines(node: SyntaxNode, text: string, definers: ReadonlySet<string>): boolean {
  const target = node.type === "call" ? childIn(node, "target") : null;
  return target?.type === "identifier" && definers.has(text.slice(target.start, target.end));
}
