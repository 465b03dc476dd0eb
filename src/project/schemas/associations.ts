import type { Call, Expression } from "../../model/expression.js";
import type { Association } from "../../model/project.js";
import { atomOf, bodyOf, elementsOf, moduleNameOf, optionOf, stringOf } from "../values.js";
import type { SchemaContext } from "./schema-context.js";
import { underscore } from "../underscore.js";

const cardinalities = ["belongs_to", "has_one", "has_many", "many_to_many", "embeds_one", "embeds_many"] as const;

/** What `belongs_to`, `has_many` and their like declare, with Ecto's default keys filled in; null for another macro. */
export function readAssociation(call: Call, name: string, context: SchemaContext): Association | null {
  const cardinality = cardinalities.find((candidate) => candidate === call.function);
  if (cardinality === undefined) return null;
  const joinThrough = optionOf(call, "join_through");
  return {
    path: context.path,
    span: call.span,
    name,
    cardinality,
    schema: relatedSchema(call, context),
    foreignKey: foreignKeyOf(call, cardinality, name, context),
    through: elementsOf(throughOf(call)).flatMap((element) => atomOf(element) ?? []),
    joinTable: stringOf(joinThrough) ?? moduleNameOf(joinThrough),
  };
}

function throughOf(call: Call): Expression | null {
  return optionOf(call, "through");
}

/** `Post`, `{"comments", Comment}`, or the module declared in place by a block. */
function relatedSchema(call: Call, context: SchemaContext): string | null {
  const written = call.arguments[1];
  const name = moduleNameOf(written?.kind === "tuple" ? written.elements[1] : written);
  if (name === "__MODULE__") return context.module;
  if (name !== null && bodyOf(call) !== null) return `${context.module}.${name.split(".").at(-1) ?? name}`;
  return name;
}

function foreignKeyOf(call: Call, cardinality: Association["cardinality"], name: string, context: SchemaContext): string | null {
  const written = atomOf(optionOf(call, "foreign_key"));
  if (written !== null) return written;
  if (cardinality === "belongs_to") return `${name}_id`;
  if ((cardinality === "has_one" || cardinality === "has_many") && throughOf(call) === null) {
    return `${underscore(context.module.split(".").at(-1) ?? "")}_id`;
  }
  return null;
}
