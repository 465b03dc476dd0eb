import type { Call } from "../../../model/expression.js";
import type { Constraint, Index, Location } from "../../../model/project.js";
import { booleanOf, optionOf } from "../../values.js";
import { constantOf, roughText, type Constant } from "../constants.js";
import type { MigrationScope } from "./scope.js";
import { tableName } from "./tables.js";

/** What `index(:users, [:email], …)` describes. Without known columns only the table is told, and without the table nothing. */
export type ReadIndex = { readonly table: string; readonly index: Index } | { readonly table: string | null; readonly index: null };

export function readIndex(call: Call, scope: MigrationScope, at: Location): ReadIndex {
  const table = tableName(call, scope);
  if (table === null) return { table, index: null };
  const written = constantOf(optionOf(call, "name"), scope);
  const columns = indexColumns(constantOf(call.arguments[1], scope));
  if (columns === null && typeof written !== "string") return { table, index: null };
  const method = constantOf(optionOf(call, "using"), scope);
  const where = optionOf(call, "where");
  const special = specialOf(call, scope);
  const index: Index = {
    ...at,
    ...(special === null ? {} : { special }),
    name: typeof written === "string" ? written : defaultName(table, columns ?? []),
    columns: (columns ?? []).map(plainColumn),
    unique: call.function === "unique_index" || booleanOf(optionOf(call, "unique")) === true,
    where: where === null ? null : (roughText(where, scope) ?? "unknown"),
    method: typeof method === "string" ? method : null,
    concurrently: booleanOf(optionOf(call, "concurrently")) === true,
  };
  return { table, index };
}

/** What there is to an index beside its columns. */
function specialOf(call: Call, scope: MigrationScope): "order" | "other" | null {
  if (optionOf(call, "include") !== null || booleanOf(optionOf(call, "nulls_distinct")) === false) return "other";
  const texts = partsOf(constantOf(call.arguments[1], scope)).map((element) =>
    Array.isArray(element) ? (element as readonly Constant[]).join(" ") : String(element),
  );
  if (texts.some((text) => /nulls|\w_ops\b|\bcollate\b/i.test(text))) return "other";
  return texts.some((text, position) => position > 0 && /(^|\s)desc(\s|$)/i.test(text)) ? "order" : null;
}

/** `constraint(:users, :name, check: "…")`. */
export function readConstraint(call: Call, scope: MigrationScope, at: Location): { table: string; constraint: Constraint } | null {
  const table = tableName(call, scope);
  const name = constantOf(call.arguments[1], scope);
  if (table === null || typeof name !== "string") return null;
  const exclude = optionOf(call, "exclude");
  const definition = roughText(optionOf(call, "check") ?? exclude, scope) ?? "";
  const validated = booleanOf(optionOf(call, "validate")) !== false;
  return { table, constraint: { ...at, name, kind: exclude === null ? "check" : "exclude", definition, validated } };
}

/** The parts of a list one after another: of `[:user_id, desc: :inserted_at]` the last is a pair in a list of its own. */
function partsOf(value: Constant | undefined): readonly Constant[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Constant[]).flatMap((part) =>
    Array.isArray(part) && Array.isArray(part[0]) ? (part as readonly Constant[]) : [part],
  );
}

/** Columns as written: a single one, a list, or `[desc: :inserted_at]`. */
function indexColumns(value: Constant | undefined): string[] | null {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return null;
  const columns = partsOf(value).map((element) => (Array.isArray(element) ? (element as readonly Constant[])[1] : element));
  return columns.every((column) => typeof column === "string") ? columns : null;
}

/** `email` and `email DESC` are the column; anything else is an expression and stands in parentheses. */
function plainColumn(written: string): string {
  const plain = /^"?([A-Za-z_]\w*)"?(\s+(asc|desc))?(\s+nulls\s+(first|last))?(\s+\w+_ops)?$/i.exec(written.trim());
  return plain?.[1] ?? `(${written.trim()})`;
}

/** The name Ecto gives an index that has none: table, columns and `index`, other characters as `_`. */
function defaultName(table: string, columns: readonly string[]): string {
  const bare = table.slice(table.indexOf(".") + 1);
  return [bare, ...columns, "index"].map((part) => part.replace(/\W/g, "_").replace(/_+$/, "")).join("_");
}
