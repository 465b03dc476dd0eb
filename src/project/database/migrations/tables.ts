import type { Call } from "../../../model/expression.js";
import { booleanOf, optionOf } from "../../values.js";
import type { Change } from "../change.js";
import { constantOf } from "../constants.js";
import type { MigrationScope } from "./scope.js";

/** What `table(:users, …)` names, and the primary key column that creating it brings. Null when the name isn't known from the code. */
export function readTable(call: Call, scope: MigrationScope): { readonly name: string; readonly keys: readonly Change[] } | null {
  if (call.function !== "table") return null;
  const name = tableName(call, scope);
  if (name === null) return null;
  const key = primaryKey(call, scope);
  const column = {
    path: scope.path,
    span: call.span,
    nullable: false,
    default: null,
    primaryKey: true,
    references: null,
  };
  return { name, keys: key === null ? [] : [{ kind: "add_column", table: name, foreignKeyName: null, column: { ...column, ...key } }] };
}

/** The table named by the first argument of `table`, `index` or `references`, with its prefix. */
export function tableName(call: Call, scope: MigrationScope): string | null {
  const name = constantOf(call.arguments[0], scope);
  return typeof name === "string" ? prefixed(name, constantOf(optionOf(call, "prefix"), scope)) : null;
}

/** `prefix.table`; the public schema and unknown prefixes are left out. */
export function prefixed(name: string, prefix: unknown): string {
  return typeof prefix === "string" && prefix !== "public" && !name.includes(".") ? `${prefix}.${name}` : name;
}

function primaryKey(call: Call, scope: MigrationScope): { name: string; type: string } | null {
  const written = optionOf(call, "primary_key");
  if (booleanOf(written) === false) return null;
  const configured = scope.defaults.primaryKey;
  if (written?.kind !== "keyword") return configured;
  const name = constantOf(optionOf(written, "name"), scope);
  const type = constantOf(optionOf(written, "type"), scope);
  return {
    name: typeof name === "string" ? name : (configured?.name ?? "id"),
    type: typeof type === "string" ? type : (configured?.type ?? "bigserial"),
  };
}
