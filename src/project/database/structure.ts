import { applyChange } from "./apply.js";
import { readSql } from "./sql/read-sql.js";
import { emptyDatabase, type WorkingDatabase } from "./state.js";

/** A dump of the database's structure, as `mix ecto.dump` writes it. */
export interface StructureFile {
  readonly path: string;
  readonly text: string;
}

/** The database that the dumps describe and the migration versions they already include; null without a dump. */
export function readStructure(files: readonly StructureFile[]): { database: WorkingDatabase; versions: ReadonlySet<string> } | null {
  if (files.length === 0) return null;
  const database = emptyDatabase();
  const versions = new Set<string>();
  for (const { path, text } of files) {
    const locate = (offset: number) => ({ path, span: { start: offset, end: offset } });
    for (const change of readSql(text, locate(0), locate)) applyChange(database, change);
    for (const insert of text.matchAll(/INSERT INTO\s+\S*schema_migrations\S*[^;]*;/gi)) {
      for (const version of insert[0].matchAll(/\b\d{8,}\b/g)) versions.add(version[0]);
    }
  }
  return { database, versions };
}
