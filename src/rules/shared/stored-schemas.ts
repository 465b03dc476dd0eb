import type { Facts } from "../../model/facts.js";
import type { Project, Schema, Table } from "../../model/project.js";
import { tableOf } from "../../project/schema-of.js";

/** A schema and the table it is stored in. */
export interface StoredSchema {
  readonly schema: Schema;
  readonly table: Table;
}

/** The schemas a file declares whose tables the migrations make; none where no migration is known. */
export function storedSchemas(facts: Facts, project: Project): StoredSchema[] {
  if (project.database.migrations === 0) return [];
  return facts.modules.flatMap((module) => {
    const schema = project.schemas.get(module.name);
    const table = schema === undefined ? null : tableOf(project, schema);
    return schema === undefined || table === null ? [] : [{ schema, table }];
  });
}

/** The column a field is stored in. */
export function columnOf(schema: Schema, field: string): string {
  return schema.fields.find((candidate) => candidate.name === field)?.column ?? field;
}
