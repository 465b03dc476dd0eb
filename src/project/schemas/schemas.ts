import type { Call, Expression } from "../../model/expression.js";
import { outlineOfBody } from "../../model/outline.js";
import type { ProjectModule, Schema } from "../../model/project.js";
import type { Injection } from "../modules/injections.js";
import { atomOf, bodyOf, booleanOf, optionOf, statementsOf, stringOf } from "../values.js";
import { readSchemaBody } from "./fields.js";
import { readResource } from "./resources.js";
import type { SchemaContext } from "./schema-context.js";

const opensTable = new Set(["schema", "typed_schema"]);
const opensEmbedded = new Set(["embedded_schema", "typed_embedded_schema"]);

function opensSchema(call: { readonly function: string }): boolean {
  return opensTable.has(call.function) || opensEmbedded.has(call.function);
}

/** The schema each module declares, by module name; inline embeds count as schemas of their own. */
export function schemasOf(modules: ReadonlyMap<string, ProjectModule>, injections: ReadonlyMap<string, Injection>): Map<string, Schema> {
  const schemas = new Map<string, Schema>();
  for (const module of modules.values()) {
    if (module.uses.has("Ash.Resource")) schemas.set(module.name, readResource(module));
    if (!outlineOfBody(module.facts).distinct.some(opensSchema)) continue;
    const call = module.facts.body.find(opensSchema);
    if (call === undefined || bodyOf(call) === null) continue;
    for (const schema of readSchema(module, call, injections.get(module.name))) schemas.set(schema.module, schema);
  }
  return schemas;
}

function readSchema(module: ProjectModule, call: Call, injection: Injection | undefined): Schema[] {
  const table = opensTable.has(call.function) ? (stringOf(call.arguments[0]) ?? null) : null;
  if (table === null && opensTable.has(call.function)) return [];
  const attribute = (name: string): Expression | null =>
    module.facts.attributes.find((candidate) => candidate.name === name)?.value ?? injection?.attributes.get(name) ?? null;
  const foreignKeyType = atomOf(attribute("foreign_key_type")) ?? "id";
  const timestampType = atomOf(optionOf(attribute("timestamps_opts"), "type")) ?? "naive_datetime";
  const context: SchemaContext = { module: module.name, path: module.path, foreignKeyType, timestampType };
  const read = readSchemaBody(statementsOf(bodyOf(call)), context);
  const key = primaryKeyOf(attribute("primary_key"), table === null);
  const declared = read.fields.some((field) => field.name === key?.name);
  const location = { path: module.path, span: call.span };
  const keyField =
    key === null || declared ? [] : [{ ...location, name: key.name, type: key.type, virtual: false, column: key.column, default: null }];
  const own: Schema = {
    ...location,
    module: module.name,
    table,
    prefix: stringOf(attribute("schema_prefix")),
    primaryKey: [...(key === null ? [] : [key.name]), ...read.primaryKey],
    fields: [...keyField, ...read.fields],
    associations: read.associations,
  };
  return [own, ...read.embedded];
}

/** `@primary_key {:uuid, :binary_id, …}`; false means none, and nothing written means an integer `id` (a UUID when embedded). */
function primaryKeyOf(value: Expression | null, embedded: boolean): { name: string; type: string; column: string } | null {
  if (booleanOf(value) === false) return null;
  if (value?.kind !== "tuple") return { name: "id", type: embedded ? "binary_id" : "id", column: "id" };
  const name = atomOf(value.elements[0]) ?? "id";
  return { name, type: atomOf(value.elements[1]) ?? "id", column: atomOf(optionOf(value.elements[2], "source")) ?? name };
}
