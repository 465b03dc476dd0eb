import type { Expression } from "../../model/expression.js";

/** A field's or column's type as text: `string`, `Ecto.Enum`, `{:array, :string}`. */
export function typeText(type: Expression): string {
  return type.kind === "literal" && type.type === "atom" ? type.value : nested(type);
}

function nested(type: Expression): string {
  switch (type.kind) {
    case "literal":
      return type.type === "atom" ? `:${type.value}` : type.value;
    case "module":
      return type.name;
    case "tuple":
      return `{${type.elements.map(nested).join(", ")}}`;
    case "list":
      return `[${type.elements.map(nested).join(", ")}]`;
    case "attribute":
      return `@${type.name}`;
    default:
      return "unknown";
  }
}
