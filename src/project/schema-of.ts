import type { Project, Schema, Table } from "../model/project.js";

/** The schema a module declares; null when it declares none. */
export function schemaOf(project: Project, module: string): Schema | null {
  return project.schemas.get(module) ?? null;
}

/** The table a schema is stored in, as the migrations left it; null for an embedded schema and for a table no migration creates. */
export function tableOf(project: Project, schema: Schema): Table | null {
  if (schema.table === null) return null;
  const prefixed = schema.prefix === null ? undefined : project.database.tables.get(`${schema.prefix}.${schema.table}`);
  return prefixed ?? project.database.tables.get(schema.table) ?? null;
}

/**
 * Whether the database can find rows by `column` without reading the table: it leads an index or the primary key. For a
 * foreign key over several columns they may lead together, in any order. Partial indexes count when they leave out nothing but nulls.
 */
export function isIndexed(table: Table, column: string): boolean {
  const together = new Set([column, ...(table.columns.get(column)?.references?.with ?? [])]);
  const key = [...table.columns.values()].filter((candidate) => candidate.primaryKey).map((candidate) => candidate.name);
  const wide = table.indexes.filter((index) => leavesOutOnlyNulls(index.where, column)).map((index) => index.columns);
  return [key, ...wide].some((columns) => {
    const position = columns.indexOf(column);
    return position >= 0 && columns.slice(0, position).every((earlier) => together.has(earlier));
  });
}

function leavesOutOnlyNulls(where: string | null, column: string): boolean {
  if (where === null) return true;
  const condition = where.replace(/[()"]/g, " ").trim().toLowerCase().split(/\s+/).join(" ");
  return condition === `${column.toLowerCase()} is not null`;
}
