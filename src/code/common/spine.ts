import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, operatorOf } from "../nodes.js";

/** The operands of `a + b + c`, which a grammar nests to the left: long sums would otherwise be as deep as they are long. */
export function operandsOf(node: SyntaxNode): SyntaxNode[] {
  const operands: SyntaxNode[] = [];
  const sign = operatorOf(node);
  let current = node;
  for (;;) {
    const right = childIn(current, "right");
    const left = childIn(current, "left");
    if (right !== null) operands.push(right);
    if (left === null) break;
    if (left.type !== node.type || operatorOf(left) !== sign) {
      operands.push(left);
      break;
    }
    current = left;
  }
  return operands.reverse();
}
