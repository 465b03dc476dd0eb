import type { Column, Constraint, Index, Location, Table, UnreadStatement } from "../../model/project.js";

/** A table while migrations are replayed. */
export interface WorkingTable extends Location {
  readonly name: string;
  /** Whether its making was seen; false for one that was there before the migrations, or is made by code that isn't read. */
  created: boolean;
  readonly columns: Map<string, Column>;
  indexes: readonly Index[];
  constraints: readonly Constraint[];
  /** Constraint name → the column whose foreign key it is. */
  readonly foreignKeys: Map<string, string>;
}

/** The database while migrations are replayed. */
export interface WorkingDatabase {
  readonly tables: Map<string, WorkingTable>;
  readonly unread: UnreadStatement[];
}

export function emptyDatabase(): WorkingDatabase {
  return { tables: new Map(), unread: [] };
}

/** The named table; one that was never seen created is made on the spot, so that nothing said about it is lost. */
export function tableIn(database: WorkingDatabase, name: string, at: Location): WorkingTable {
  const known = database.tables.get(name);
  if (known !== undefined) return known;
  const made: WorkingTable = {
    name,
    created: false,
    path: at.path,
    span: at.span,
    columns: new Map(),
    indexes: [],
    constraints: [],
    foreignKeys: new Map(),
  };
  database.tables.set(name, made);
  return made;
}

/** The tables as the project keeps them. */
export function finished(database: WorkingDatabase): Map<string, Table> {
  return new Map(
    [...database.tables].map(([name, { path, span, columns, indexes, constraints, foreignKeys }]) => [
      name,
      { name, path, span, columns, indexes, constraints, foreignKeys },
    ]),
  );
}
