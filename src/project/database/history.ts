import type { Column, Constraint, Database, Location } from "../../model/project.js";
import type { Change } from "./change.js";
import type { WorkingDatabase } from "./state.js";

/** What one migration does to the database, in order. */
export interface MigrationHistory {
  readonly version: bigint;
  readonly path: string;
  readonly steps: readonly Step[];
}

/** One change with what was there just before it. */
export interface Step {
  readonly change: Change;
  /** Null when the table is not known yet, or no table is named. */
  readonly before: TableBefore | null;
}

export interface TableBefore {
  readonly name: string;
  /** Where the table is made; null when no migration of the project makes it. */
  readonly createdAt: Location | null;
  /** The column the change is about, when it was there. */
  readonly column: Column | null;
  readonly constraints: readonly Constraint[];
}

/** The table a change is about, as it stands before the change. */
export function tableBefore(database: WorkingDatabase, change: Change): TableBefore | null {
  const table = change.kind === "drop_index" ? tableOfIndex(database, change.name) : tableNamed(database, change);
  if (table === undefined) return null;
  const { name, path, span, created, constraints } = table;
  const column = "name" in change ? table.columns.get(change.name) : undefined;
  return { name, createdAt: created ? { path, span } : null, column: column ?? null, constraints };
}

function tableNamed(database: WorkingDatabase, change: Change) {
  return "table" in change ? database.tables.get(change.table) : undefined;
}

function tableOfIndex(database: WorkingDatabase, name: string) {
  return [...database.tables.values()].find((table) => table.indexes.some((index) => index.name === name));
}

const histories = new WeakMap<Database, readonly MigrationHistory[]>();

/** Keeps with a database how its migrations made it, oldest first. */
export function rememberHistory(database: Database, history: readonly MigrationHistory[]): void {
  histories.set(database, history);
}

/** How the migrations made the database, oldest first; empty for one that no migration made. */
export function historyOf(database: Database): readonly MigrationHistory[] {
  return histories.get(database) ?? [];
}
