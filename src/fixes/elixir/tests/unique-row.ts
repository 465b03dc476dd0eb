import type { Project, ProjectFunction, Schema } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { tableOf } from "../../../project/schema-of.js";

/** Attributes of a row that may be there once, as code, and the field that says so. */
export interface UniqueRow {
  readonly attributes: string;
  readonly field: string;
}

/** What a changeset may do for its row to be known from types alone. */
const plain = new Set(["cast", "validate_required", "unique_constraint"]);

/** Null where the changeset checks more than that, its unique index is not in the database, or a field it needs is no plain value. */
export function uniqueRow(definition: ProjectFunction, project: Project): UniqueRow | null {
  const calls = definition.facts.clauses.flatMap(({ body }) => (body === null ? [] : collect(body, "call")));
  const schema = project.schemas.get(definition.module);
  const table = schema === undefined ? null : tableOf(project, schema);
  if (schema === undefined || table === null || !calls.every((call) => plain.has(call.function))) return null;
  const changeset = changesetsOf(project, schema).find((candidate) => candidate.function === definition.id);
  const constraint = changeset?.constraints.find(({ kind, fields }) => kind === "unique" && fields !== null);
  const [field] = constraint?.fields ?? [];
  const cast = changeset?.casts.flatMap(({ fields }) => fields ?? []) ?? [];
  const isKept = table.indexes.some(
    ({ unique, columns, where }) => unique && where === null && columns.join() === constraint?.fields?.join(),
  );
  const given = [...new Set([...(constraint?.fields ?? []), ...(changeset?.required.flatMap(({ fields }) => fields ?? []) ?? [])])];
  if (field === undefined || !isKept || !given.every((name) => cast.includes(name))) return null;
  if (needsMore(table.columns, given)) return null;
  const pairs = given.map((name) => valueOf(schema, name)).flatMap((pair) => pair ?? []);
  return pairs.length === given.length ? { attributes: `%{${pairs.join(", ")}}`, field } : null;
}

/** Columns the database insists on and the attributes don't give. */
function needsMore(columns: NonNullable<ReturnType<typeof tableOf>>["columns"], given: readonly string[]): boolean {
  return [...columns.values()].some(
    ({ name, nullable, primaryKey, default: written }) =>
      !nullable && !primaryKey && written === null && !given.includes(name) && !/^(inserted|updated)_at$/.test(name),
  );
}

function valueOf(schema: Schema, name: string): string | null {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined || schema.associations.some(({ foreignKey }) => foreignKey === name)) return null;
  const values: Readonly<Record<string, string>> = { string: `"a"`, integer: "1", boolean: "true" };
  const value = values[field.type];
  return value === undefined ? null : `${name}: ${value}`;
}
