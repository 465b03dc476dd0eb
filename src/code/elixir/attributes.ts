import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, spanOf } from "../nodes.js";
import { givenTo } from "./aliases.js";
import type { ModuleScope } from "./module-draft.js";
import { keep } from "./module-draft.js";
import type { Reader } from "./reader.js";
import { textOf } from "./reader.js";

// Types are not run: their names would pass for calls.
const typeAttributes: ReadonlySet<string> = new Set(["spec", "type", "typep", "opaque", "callback", "macrocallback"]);

/** `@name value` in a module body; documentation, `@impl` and `@behaviour` also tell about what follows. */
export function readAttribute(reader: Reader, scope: ModuleScope, node: SyntaxNode): void {
  const operand = childIn(node, "operand");
  const target = operand?.type === "call" ? childIn(operand, "target") : null;
  if (operand?.type !== "call" || target?.type !== "identifier") {
    keep(scope.draft, reader.read(node));
    return;
  }
  const name = textOf(reader, target);
  const [given] = givenTo(operand);
  const value = given === undefined || typeAttributes.has(name) ? null : reader.read(given);
  scope.draft.attributes.push({ name, value, span: spanOf(node) });
  if (value !== null) takeMeaning(scope, name, value);
}

function takeMeaning(scope: ModuleScope, name: string, value: Expression): void {
  const off = value.kind === "literal" && value.value === "false";
  const told = !off && value.kind !== "keyword";
  if (name === "doc") scope.pending.documented ||= told;
  else if (name === "impl") scope.pending.implements = !off;
  else if (name === "moduledoc") scope.draft.documented ||= told;
  else if (name === "behaviour" && value.kind === "module") scope.draft.behaviours.push(value.name);
  else if (name === "behaviour" && value.kind === "literal" && value.type === "atom") scope.draft.behaviours.push(`:${value.value}`);
}
