import type { Column, Project, Schema, Table } from "../model/project.js";

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

/** Whether the database can find rows by `column` without reading the table: it leads an index over all rows, or is the (first) primary key. */
export function isIndexed(table: Table, column: string): boolean {
  if (table.indexes.some((index) => index.columns[0] === column && index.where === null)) return true;
  const keys: Column[] = [...table.columns.values()].filter((candidate) => candidate.primaryKey);
  return keys[0]?.name === column;
}

/** Whether what is known of a table is all there is: it was replayed, and nothing unread may have touched it. */
export function isWhollyKnown(project: Project, table: string): boolean {
  return (
    project.database.migrations > 0 && !project.database.unread.some((statement) => statement.table === null || statement.table === table)
  );
}
