import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, namedChildren } from "../nodes.js";
import { definesModule } from "./modules.js";
import type { Reader } from "./reader.js";
import { textOf } from "./reader.js";

/** Reads a whole file: its modules go to `reader.modules`, everything else comes back in order. */
export function readFile(reader: Reader, root: SyntaxNode): Expression[] {
  const outside: Expression[] = [];
  readAll(reader, root, outside);
  return outside;
}

function readAll(reader: Reader, parent: SyntaxNode, outside: Expression[]): void {
  for (const node of namedChildren(parent)) {
    const target = node.type === "call" ? childIn(node, "target") : null;
    if (target?.type === "identifier" && definesModule(textOf(reader, target))) reader.readModule(node);
    else if (node.type === "ERROR") readAll(reader, node, outside);
    else outside.push(reader.read(node));
  }
}
