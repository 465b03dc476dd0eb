import type { Call, Expression } from "../../model/expression.js";
import type { Association, Schema, SchemaField } from "../../model/project.js";
import { atomOf, bodyOf, booleanOf, moduleNameOf, optionOf, statementsOf } from "../values.js";
import { readAssociation } from "./associations.js";
import type { SchemaContext } from "./schema-context.js";
import { typeText } from "./type-text.js";

export interface SchemaBody {
  readonly fields: readonly SchemaField[];
  readonly associations: readonly Association[];
  /** Fields marked `primary_key: true`. */
  readonly primaryKey: readonly string[];
  readonly embedded: readonly Schema[];
}

/** What the block of `schema` or `embedded_schema` declares. */
export function readSchemaBody(statements: readonly Expression[], context: SchemaContext): SchemaBody {
  const fields: SchemaField[] = [];
  const associations: Association[] = [];
  const primaryKey: string[] = [];
  const embedded: Schema[] = [];
  for (const statement of statements) {
    if (statement.kind !== "call") continue;
    const name = atomOf(statement.arguments[0]);
    if (statement.function === "timestamps") fields.push(...timestampFields(statement, context));
    else if (name === null) continue;
    else if (statement.function === "field") fields.push(readField(statement, name, context));
    else {
      const association = readAssociation(statement, name, context);
      if (association === null) continue;
      associations.push(association);
      if (association.cardinality === "belongs_to") fields.push(...keyField(statement, association, context));
      const inline = inlineSchema(statement, association, context);
      if (inline !== null) embedded.push(inline);
    }
    if (name !== null && booleanOf(optionOf(statement, "primary_key")) === true) {
      primaryKey.push(statement.function === "belongs_to" ? (associations.at(-1)?.foreignKey ?? name) : name);
    }
  }
  return { fields, associations, primaryKey, embedded };
}

function readField(call: Call, name: string, context: SchemaContext): SchemaField {
  const type = call.arguments[1];
  return {
    path: context.path,
    span: call.span,
    name,
    type: type === undefined || type.kind === "keyword" ? "string" : typeText(type),
    virtual: booleanOf(optionOf(call, "virtual")) === true,
    column: atomOf(optionOf(call, "source")) ?? name,
    default: optionOf(call, "default"),
  };
}

function keyField(call: Call, association: Association, context: SchemaContext): SchemaField[] {
  if (booleanOf(optionOf(call, "define_field")) === false || association.foreignKey === null) return [];
  const type = optionOf(call, "type");
  return [
    {
      path: context.path,
      span: call.span,
      name: association.foreignKey,
      type: type === null ? context.foreignKeyType : typeText(type),
      virtual: false,
      column: atomOf(optionOf(call, "source")) ?? association.foreignKey,
      default: null,
    },
  ];
}

function timestampFields(call: Call, context: SchemaContext): SchemaField[] {
  const type = atomOf(optionOf(call, "type")) ?? context.timestampType;
  return ["inserted_at", "updated_at"].flatMap((standard) => {
    const option = optionOf(call, standard);
    if (booleanOf(option) === false) return [];
    const name = atomOf(option) ?? standard;
    return [{ path: context.path, span: call.span, name, type, virtual: false, column: sourceOf(call, standard) ?? name, default: null }];
  });
}

/** `inserted_at_source: :created` of a schema's timestamps. */
function sourceOf(call: Call, standard: string): string | null {
  return atomOf(optionOf(call, `${standard}_source`));
}

/** `embeds_one :address, Address do … end` declares the schema `Parent.Address` in place. */
function inlineSchema(call: Call, association: Association, context: SchemaContext): Schema | null {
  const body = bodyOf(call);
  if (body === null || !association.cardinality.startsWith("embeds_") || moduleNameOf(call.arguments[1]) === null) return null;
  const module = `${context.module}.${(moduleNameOf(call.arguments[1]) ?? "").split(".").at(-1) ?? ""}`;
  const read = readSchemaBody(statementsOf(body), { ...context, module });
  return {
    path: context.path,
    span: call.span,
    module,
    table: null,
    prefix: null,
    primaryKey: booleanOf(optionOf(call, "primary_key")) === false ? [] : ["id", ...read.primaryKey],
    fields: read.fields,
    associations: read.associations,
  };
}
