import type { Call, Expression } from "../../../model/expression.js";
import type { Column, ForeignKey } from "../../../model/project.js";
import { booleanOf, optionOf } from "../../values.js";
import { typeText } from "../../schemas/type-text.js";
import type { Change, ColumnChange } from "../change.js";
import { constantOf, roughText } from "../constants.js";
import type { MigrationScope } from "./scope.js";
import { prefixed } from "./tables.js";

/** What one line of a `create table` or `alter table` block changes; null when it is no such line. */
export function alterTable(call: Call, table: string, scope: MigrationScope): Change[] | null {
  const at = { path: scope.path, span: call.span };
  if (call.function === "timestamps") return timestamps(call, table, scope);
  if (!/^(add|modify|remove)(_if_(not_)?exists)?$/.test(call.function)) return null;
  const name = constantOf(call.arguments[0], scope);
  if (typeof name !== "string") return [{ kind: "unread", statement: { ...at, table, text: call.function } }];
  if (call.function.startsWith("remove")) {
    if (!scope.certain) return [{ kind: "unread", statement: { ...at, table, text: call.function } }];
    return [{ kind: "remove_column", table, name, at }];
  }
  const type = call.arguments[1];
  const references = type === undefined ? null : readReferences(type, table, scope);
  if (call.function === "modify") return [{ kind: "modify_column", table, name, at, change: modified(call, references, scope) }];
  const primaryKey = booleanOf(optionOf(call, "primary_key")) === true;
  const column: Column = {
    ...at,
    name,
    type: references?.type ?? (type === undefined ? "unknown" : columnType(type, scope)),
    nullable: !primaryKey && booleanOf(optionOf(call, "null")) !== false,
    default: writtenDefault(optionOf(call, "default"), scope),
    primaryKey,
    references: references?.key ?? null,
  };
  return [{ kind: "add_column", table, column, foreignKeyName: references?.name ?? null }];
}

function modified(call: Call, references: References | null, scope: MigrationScope): ColumnChange {
  const type = call.arguments[1];
  const nullable = booleanOf(optionOf(call, "null"));
  const written = optionOf(call, "default");
  return {
    ...(type === undefined || type.kind === "keyword" ? {} : { type: references?.type ?? columnType(type, scope) }),
    ...(nullable === null ? {} : { nullable }),
    ...(written === null ? {} : { default: writtenDefault(written, scope) }),
    ...(references === null ? {} : { references: references.key }),
    ...(references?.name ? { foreignKeyName: references.name } : {}),
  };
}

interface References {
  readonly key: ForeignKey;
  readonly type: string;
  readonly name: string | null;
}

/** `references(:users, on_delete: …)`. */
function readReferences(expression: Expression, table: string, scope: MigrationScope): References | null {
  const call = expression.kind === "variable" ? scope.expressions.get(expression.name) : expression;
  if (call?.kind !== "call" || call.function !== "references") return null;
  const target = constantOf(call.arguments[0], scope);
  const text = (key: string): string | null => {
    const value = constantOf(optionOf(call, key), scope);
    return typeof value === "string" ? value : null;
  };
  const inherited = table.includes(".") ? table.slice(0, table.indexOf(".")) : null;
  const onDelete = optionOf(call, "on_delete");
  return {
    key: {
      table: prefixed(typeof target === "string" ? target : "unknown", text("prefix") ?? inherited),
      column: text("column") ?? "id",
      with: otherColumns(optionOf(call, "with")),
      onDelete: text("on_delete") ?? (onDelete?.kind === "tuple" ? typeText(onDelete) : null),
      validated: booleanOf(optionOf(call, "validate")) !== false,
    },
    type: text("type") ?? scope.defaults.foreignKeyType,
    name: text("name"),
  };
}

/** The own columns that `with: [account_id: :account_id]` adds to a key. */
function otherColumns(written: Expression | null): string[] {
  return written?.kind === "keyword" ? written.entries.map((entry) => entry.key) : [];
}

function columnType(type: Expression, scope: MigrationScope): string {
  const known = constantOf(type, scope);
  return typeof known === "string" ? known : typeText(type);
}

function writtenDefault(value: Expression | null, scope: MigrationScope): string | null {
  if (value === null) return null;
  if (value.kind === "call" && value.function === "fragment") return roughText(value.arguments[0], scope);
  const known = constantOf(value, scope);
  if (known === null) return null;
  return known === undefined || typeof known === "object" ? value.kind : String(known);
}

function timestamps(call: Call, table: string, scope: MigrationScope): Change[] {
  const type = constantOf(optionOf(call, "type"), scope);
  const nullable = booleanOf(optionOf(call, "null")) === true;
  return ["inserted_at", "updated_at"].flatMap((standard): Change[] => {
    const written = constantOf(optionOf(call, standard), scope);
    if (written === false) return [];
    const column: Column = {
      path: scope.path,
      span: call.span,
      name: typeof written === "string" ? written : standard,
      type: typeof type === "string" ? type : scope.defaults.timestampType,
      nullable,
      default: writtenDefault(optionOf(call, "default"), scope),
      primaryKey: false,
      references: null,
    };
    return [{ kind: "add_column", table, column, foreignKeyName: null }];
  });
}
