import type { Constraint } from "../../model/project.js";
import type { ConstraintEffect } from "./change.js";
import type { WorkingTable } from "./state.js";

/** Adds a constraint; unique and primary key ones bring their index, foreign keys mark their column. */
export function addConstraint(table: WorkingTable, constraint: Constraint, effect: ConstraintEffect): void {
  table.constraints = [...table.constraints.filter((other) => other.name !== constraint.name), constraint];
  if (constraint.kind === "foreign_key") addForeignKey(table, constraint.name, effect);
  if (constraint.kind === "primary_key") {
    for (const name of effect.columns) {
      const earlier = table.columns.get(name);
      if (earlier !== undefined) table.columns.set(name, { ...earlier, primaryKey: true, nullable: false });
    }
  }
  if ((constraint.kind === "unique" || constraint.kind === "primary_key") && effect.columns.length > 0) {
    const { name, path, span } = constraint;
    const index = { name, columns: effect.columns, unique: true, where: null, method: null, concurrently: false, path, span };
    table.indexes = [...table.indexes.filter((other) => other.name !== name), index];
  }
}

/** A key over several columns is kept at the first, which the reader of the statement put there because it names the row. */
function addForeignKey(table: WorkingTable, name: string, { columns, references }: ConstraintEffect): void {
  const [own, ...others] = columns;
  const earlier = table.columns.get(own ?? "");
  if (own === undefined || earlier === undefined || references === null) return;
  table.foreignKeys.set(name, own);
  table.columns.set(own, { ...earlier, references: { ...references, with: others } });
}

/** Drops a constraint by name, with its index, or the foreign key of the column it stands for. */
export function dropConstraint(table: WorkingTable | undefined, name: string): void {
  if (table === undefined) return;
  const dropped = table.constraints.find((constraint) => constraint.name === name);
  table.constraints = table.constraints.filter((constraint) => constraint.name !== name);
  if (dropped?.kind === "unique" || dropped?.kind === "primary_key") table.indexes = table.indexes.filter((index) => index.name !== name);
  const column = table.columns.get(table.foreignKeys.get(name) ?? "");
  table.foreignKeys.delete(name);
  // another key on the column, made before this one was dropped, still holds
  if (column !== undefined && ![...table.foreignKeys.values()].includes(column.name)) {
    table.columns.set(column.name, { ...column, references: null });
  }
}

/** `RENAME CONSTRAINT`: the index of a unique or primary key one is renamed with it. */
export function renameConstraint(table: WorkingTable | undefined, name: string, to: string): void {
  if (table === undefined) return;
  table.constraints = table.constraints.map((constraint) => (constraint.name === name ? { ...constraint, name: to } : constraint));
  table.indexes = table.indexes.map((index) => (index.name === name ? { ...index, name: to } : index));
  const column = table.foreignKeys.get(name);
  if (column !== undefined) table.foreignKeys.set(to, column);
  table.foreignKeys.delete(name);
}

/** `VALIDATE CONSTRAINT`: what was added NOT VALID holds for every row from here on. */
export function validateConstraint(table: WorkingTable | undefined, name: string): void {
  if (table === undefined) return;
  table.constraints = table.constraints.map((constraint) => (constraint.name === name ? { ...constraint, validated: true } : constraint));
  const column = table.columns.get(table.foreignKeys.get(name) ?? "");
  if (column?.references) table.columns.set(column.name, { ...column, references: { ...column.references, validated: true } });
}
