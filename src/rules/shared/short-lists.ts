import type { Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { elementsOf } from "../../project/values.js";
import type { Definition } from "./definitions.js";

const mostLiteral = 12;

/** A handful of values that stand in the source, directly or in a module attribute. */
export function isShort(source: Expression | null, definition: Definition, project: Project): boolean {
  if (source === null) return false;
  if (source.kind === "attribute") {
    const attributes = project.modules.get(definition.function.module)?.facts.attributes ?? [];
    const value = attributes.find((attribute) => attribute.name === source.name)?.value ?? null;
    return value !== null && (value.kind === "list" || value.kind === "keyword" || value.kind === "map" || value.kind === "literal");
  }
  if (source.kind === "list") return source.tail === null && source.elements.length <= mostLiteral;
  if (source.kind === "literal") return elementsOf(source).length <= mostLiteral;
  if (source.kind === "keyword" || source.kind === "map") return source.entries.length <= mostLiteral;
  if (source.kind === "tuple") return true;
  if (source.kind === "operator" && (source.operator === ".." || source.operator === "..//")) {
    return source.operands.every((operand) => operand.kind === "literal" && Number(operand.value) <= mostLiteral);
  }
  if (source.kind === "call" && /^(Enum|Stream|List|Map|Keyword)$/.test(source.module ?? "")) {
    return isShort(source.arguments[0] ?? null, definition, project);
  }
  return false;
}
