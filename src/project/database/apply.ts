import type { Column } from "../../model/project.js";
import type { Change } from "./change.js";
import { addConstraint, dropConstraint, renameConstraint, validateConstraint } from "./apply-constraint.js";
import { tableIn, type WorkingDatabase, type WorkingTable } from "./state.js";

/** Changes the working database by one step. Creating what is there and dropping what is not are no errors: several databases may share a name. */
export function applyChange(database: WorkingDatabase, change: Change): void {
  switch (change.kind) {
    case "create_table":
      tableIn(database, change.table, change).created = true;
      return;
    case "copy_columns": {
      const table = tableIn(database, change.table, change.at);
      for (const column of database.tables.get(change.from)?.columns.values() ?? []) {
        table.columns.set(column.name, { ...column, ...change.at, primaryKey: false, references: null });
      }
      return;
    }
    case "drop_table":
      database.tables.delete(change.table);
      return;
    case "rename_table":
      return renameTable(database, change.table, change.to);
    case "add_column":
      return addColumn(tableIn(database, change.table, change.column), change.column, change.foreignKeyName);
    case "modify_column":
      return modifyColumn(database, change);
    case "remove_column":
      return removeColumn(database.tables.get(change.table), change.name);
    case "rename_column":
      return renameColumn(database.tables.get(change.table), change.name, change.to);
    case "create_index": {
      const table = tableIn(database, change.table, change.index);
      table.indexes = [...table.indexes.filter((index) => index.name !== change.index.name), change.index];
      return;
    }
    case "drop_index":
      for (const table of database.tables.values()) table.indexes = table.indexes.filter((index) => index.name !== change.name);
      return;
    case "rename_index":
      for (const table of database.tables.values()) {
        table.indexes = table.indexes.map((index) => (index.name === change.name ? { ...index, name: change.to } : index));
      }
      return;
    case "add_constraint":
      return addConstraint(tableIn(database, change.table, change.constraint), change.constraint, change.effect);
    case "drop_constraint":
      return dropConstraint(database.tables.get(change.table), change.name);
    case "rename_constraint":
      return renameConstraint(database.tables.get(change.table), change.name, change.to);
    case "validate_constraint":
      return validateConstraint(database.tables.get(change.table), change.name);
    case "unread":
      database.unread.push(change.statement);
      return;
  }
}

function addColumn(table: WorkingTable, column: Column, foreignKeyName: string | null): void {
  if (table.columns.has(column.name)) return;
  table.columns.set(column.name, column);
  if (column.references !== null) table.foreignKeys.set(foreignKeyName ?? foreignKeyNamed(table.name, column.name), column.name);
}

function modifyColumn(
  database: WorkingDatabase,
  { table: name, name: columnName, change, at }: Extract<Change, { kind: "modify_column" }>,
): void {
  const table = tableIn(database, name, at);
  const { foreignKeyName, ...changed } = change;
  const earlier = table.columns.get(columnName) ?? {
    ...at,
    name: columnName,
    type: "unknown",
    nullable: true,
    default: null,
    primaryKey: false,
    references: null,
  };
  table.columns.set(columnName, { ...earlier, ...changed });
  if (changed.references) table.foreignKeys.set(foreignKeyName ?? foreignKeyNamed(name, columnName), columnName);
}

/** The name a foreign key gets that has none: without the table's prefix. */
function foreignKeyNamed(table: string, column: string): string {
  return `${table.slice(table.lastIndexOf(".") + 1)}_${column}_fkey`;
}

/** Dropping a column drops every index and constraint that names it, as PostgreSQL does. */
function removeColumn(table: WorkingTable | undefined, name: string): void {
  if (table === undefined) return;
  table.columns.delete(name);
  table.indexes = table.indexes.filter((index) => !index.columns.includes(name));
  for (const [key, column] of table.foreignKeys) if (column === name) dropConstraint(table, key);
}

function renameColumn(table: WorkingTable | undefined, name: string, to: string): void {
  if (table === undefined) return;
  const columns = [...table.columns.values()];
  table.columns.clear();
  for (const column of columns)
    table.columns.set(column.name === name ? to : column.name, column.name === name ? { ...column, name: to } : column);
  table.indexes = table.indexes.map((index) => ({
    ...index,
    columns: index.columns.map((column) => (column === name ? to : column)),
    where: index.where?.replace(new RegExp(`\\b${name}\\b`, "g"), to) ?? null,
  }));
  for (const [key, column] of table.foreignKeys) if (column === name) table.foreignKeys.set(key, to);
}

function renameTable(database: WorkingDatabase, name: string, to: string): void {
  const table = database.tables.get(name);
  if (table === undefined) return;
  database.tables.delete(name);
  database.tables.set(to, { ...table, name: to });
  for (const other of database.tables.values()) {
    for (const column of other.columns.values()) {
      if (column.references?.table === name) other.columns.set(column.name, { ...column, references: { ...column.references, table: to } });
    }
  }
}
