import type { Call, Expression } from "../../model/expression.js";
import type { Association, Identity, ProjectModule, Schema, SchemaField } from "../../model/project.js";
import { underscore } from "../underscore.js";
import { atomOf, bodyOf, booleanOf, elementsOf, moduleNameOf, optionOf, statementsOf, stringOf } from "../values.js";
import { typeText } from "./type-text.js";

/** Sections that name the table a resource is stored in. */
const dataLayers = new Set(["postgres", "sqlite", "mysql"]);
const primaryKeys: Readonly<Record<string, string>> = {
  uuid_primary_key: "uuid",
  uuid_v7_primary_key: "uuid",
  integer_primary_key: "integer",
};
const cardinalities = ["belongs_to", "has_one", "has_many", "many_to_many"] as const;

/** An Ash resource as a schema: its attributes are the fields, its relationships the associations. Without a data layer's table it is embedded. */
export function readResource(module: ProjectModule): Schema {
  const section = (isNamed: (name: string) => boolean): readonly Call[] =>
    module.facts.body.filter((call) => isNamed(call.function)).flatMap((call) => callsOf(bodyOf(call)));
  const stored = section((name) => dataLayers.has(name));
  const relations = section((name) => name === "relationships");
  const attributes = section((name) => name === "attributes");
  const references = stored.filter((call) => call.function === "references").flatMap((call) => callsOf(bodyOf(call)));
  const associations = relations.flatMap((call) => readRelationship(call, module, references));
  const keys = relations.flatMap((call) => readKey(call, module));
  const fields = attributes.flatMap((call) => readAttribute(call, module));
  return {
    ...{ path: module.path, span: module.facts.nameSpan, module: module.name },
    table: stringOf(settingIn(stored, "table")),
    prefix: stringOf(settingIn(stored, "schema")),
    primaryKey: [...attributes, ...relations].flatMap((call) => (isKey(call) ? [keyName(call)] : [])),
    fields: [...fields, ...keys.filter((key) => !fields.some((field) => field.name === key.name))],
    associations,
    identities: section((name) => name === "identities").flatMap((call) => readIdentity(call, module)),
  };
}

function callsOf(body: Expression | null): readonly Call[] {
  return statementsOf(body).flatMap((statement) => (statement.kind === "call" ? [statement] : []));
}

/** The value a section sets: `table "posts"`. */
function settingIn(calls: readonly Call[], name: string): Expression | null {
  return calls.find((call) => call.function === name)?.arguments[0] ?? null;
}

/** An option of an entity, in its keyword list (`allow_nil?: false`) or its block (`allow_nil? false`). */
function settingOf(call: Call, name: string): Expression | null {
  return optionOf(call, name) ?? settingIn(callsOf(bodyOf(call)), name);
}

function readAttribute(call: Call, module: ProjectModule): SchemaField[] {
  const place = { path: module.path, span: call.span, virtual: false };
  if (call.function === "timestamps")
    return ["inserted_at", "updated_at"].map((name) => ({ ...place, name, column: name, type: "utc_datetime_usec", default: null }));
  const name = atomOf(call.arguments[0]);
  const type = typeOf(call);
  if (name === null || type === null) return [];
  return [{ ...place, name, column: atomOf(settingOf(call, "source")) ?? name, type, default: settingOf(call, "default") }];
}

function typeOf(call: Call): string | null {
  if (Object.hasOwn(primaryKeys, call.function)) return primaryKeys[call.function] ?? null;
  if (call.function === "create_timestamp" || call.function === "update_timestamp") return "utc_datetime_usec";
  const type = call.arguments[1];
  return call.function === "attribute" && type !== undefined && type.kind !== "keyword" ? typeText(type) : null;
}

function isKey(call: Call): boolean {
  return Object.hasOwn(primaryKeys, call.function) || booleanOf(settingOf(call, "primary_key?")) === true;
}

function keyName(call: Call): string {
  const name = atomOf(call.arguments[0]) ?? "id";
  return call.function === "belongs_to" ? sourceAttribute(call, name) : name;
}

function sourceAttribute(call: Call, name: string): string {
  return atomOf(settingOf(call, "source_attribute")) ?? `${name}_id`;
}

/** The attribute that a `belongs_to` defines beside the written ones. */
function readKey(call: Call, module: ProjectModule): SchemaField[] {
  const name = atomOf(call.arguments[0]);
  if (call.function !== "belongs_to" || name === null || booleanOf(settingOf(call, "define_attribute?")) === false) return [];
  const key = sourceAttribute(call, name);
  const type = settingOf(call, "attribute_type");
  const place = { path: module.path, span: call.span };
  return [{ ...place, name: key, column: key, type: type === null ? "uuid" : typeText(type), virtual: false, default: null }];
}

function readRelationship(call: Call, module: ProjectModule, references: readonly Call[]): Association[] {
  const cardinality = cardinalities.find((candidate) => candidate === call.function);
  const name = atomOf(call.arguments[0]);
  if (cardinality === undefined || name === null) return [];
  const reference = references.find((candidate) => candidate.function === "reference" && atomOf(candidate.arguments[0]) === name);
  return [
    {
      ...{ path: module.path, span: call.span, name, cardinality, through: [] },
      schema: moduleNameOf(call.arguments[1]),
      foreignKey: foreignKeyOf(call, cardinality, name, module.name),
      joinTable: moduleNameOf(settingOf(call, "through")),
      ...(reference === undefined
        ? {}
        : { reference: { path: module.path, span: reference.span, indexed: booleanOf(settingOf(reference, "index?")) === true } }),
    },
  ];
}

function foreignKeyOf(call: Call, cardinality: Association["cardinality"], name: string, module: string): string | null {
  if (cardinality === "belongs_to") return sourceAttribute(call, name);
  if (cardinality === "many_to_many" || settingOf(call, "manual") !== null || booleanOf(settingOf(call, "no_attributes?")) === true)
    return null;
  return atomOf(settingOf(call, "destination_attribute")) ?? `${underscore(module.split(".").at(-1) ?? "")}_id`;
}

/** `identity :unique_email, [:email]`: AshPostgres makes the unique index `table_unique_email_index` of it. */
function readIdentity(call: Call, module: ProjectModule): Identity[] {
  const name = atomOf(call.arguments[0]);
  if (call.function !== "identity" || name === null) return [];
  const fields = elementsOf(call.arguments[1]).flatMap((element) => atomOf(element) ?? []);
  return [{ path: module.path, span: call.span, name, fields }];
}
