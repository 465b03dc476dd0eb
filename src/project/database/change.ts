import type { Column, Constraint, ForeignKey, Index, Location, UnreadStatement } from "../../model/project.js";

/** One step that changes the database, from a migration or from SQL. Table names carry their prefix as `prefix.table`. */
export type Change =
  | ({ readonly kind: "create_table"; readonly table: string } & Location)
  | { readonly kind: "copy_columns"; readonly table: string; readonly from: string; readonly at: Location }
  | { readonly kind: "drop_table"; readonly table: string; readonly at: Location }
  | { readonly kind: "rename_table"; readonly table: string; readonly to: string; readonly at: Location }
  | { readonly kind: "add_column"; readonly table: string; readonly column: Column; readonly foreignKeyName: string | null }
  | { readonly kind: "modify_column"; readonly table: string; readonly name: string; readonly change: ColumnChange; readonly at: Location }
  | { readonly kind: "remove_column"; readonly table: string; readonly name: string; readonly at: Location }
  | { readonly kind: "rename_column"; readonly table: string; readonly name: string; readonly to: string; readonly at: Location }
  | { readonly kind: "create_index"; readonly table: string; readonly index: Index }
  | { readonly kind: "drop_index"; readonly name: string; readonly concurrently: boolean; readonly at: Location }
  | { readonly kind: "rename_index"; readonly name: string; readonly to: string }
  | { readonly kind: "add_constraint"; readonly table: string; readonly constraint: Constraint; readonly effect: ConstraintEffect }
  | { readonly kind: "drop_constraint"; readonly table: string; readonly name: string }
  | { readonly kind: "rename_constraint"; readonly table: string; readonly name: string; readonly to: string }
  | { readonly kind: "validate_constraint"; readonly table: string; readonly name: string }
  | { readonly kind: "unread"; readonly statement: UnreadStatement };

/** What stays as it was is left out. */
export interface ColumnChange {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly default?: string | null;
  readonly references?: ForeignKey | null;
  readonly foreignKeyName?: string;
}

/** The columns a constraint is about, and what a foreign key points to. */
export interface ConstraintEffect {
  readonly columns: readonly string[];
  readonly references: ForeignKey | null;
}
