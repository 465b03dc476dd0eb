import type { Call, Expression } from "../../../model/expression.js";
import { optionOf } from "../../values.js";
import type { Change } from "../change.js";
import { constantOf } from "../constants.js";
import { readConstraint, readIndex } from "./indexes.js";
import type { MigrationScope } from "./scope.js";
import { readTable } from "./tables.js";

/** Reads one command; `body` reads the command's block as a table's. */
type ReadCommand = (call: Call, scope: MigrationScope, body: (table: string, scope: MigrationScope) => Change[]) => Change[];

/** The commands of Ecto.Migration that change the database. */
export const commands: ReadonlyMap<string, ReadCommand> = new Map<string, ReadCommand>([
  ["create", create],
  ["create_if_not_exists", create],
  ["alter", alter],
  ["drop", drop],
  ["drop_if_exists", drop],
  ["rename", rename],
  ["flush", () => []],
]);

function create(call: Call, scope: MigrationScope, body: (table: string, scope: MigrationScope) => Change[]): Change[] {
  const target = targetOf(call.arguments[0], scope);
  const at = { path: scope.path, span: call.span };
  switch (target?.function) {
    case "table": {
      const table = readTable(target, scope);
      if (table === null) return unread(call, scope, null);
      return [{ kind: "create_table", table: table.name, ...at }, ...table.keys, ...body(table.name, scope)];
    }
    case "index":
    case "unique_index": {
      const read = readIndex(target, scope, at);
      return read.index === null ? unread(call, scope, read.table) : [{ kind: "create_index", table: read.table, index: read.index }];
    }
    case "constraint": {
      const read = readConstraint(target, scope, at);
      if (read === null) return unread(call, scope, null);
      return [{ kind: "add_constraint", table: read.table, constraint: read.constraint, effect: { columns: [], references: null } }];
    }
    default:
      return unread(call, scope, null);
  }
}

function alter(call: Call, scope: MigrationScope, body: (table: string, scope: MigrationScope) => Change[]): Change[] {
  const target = targetOf(call.arguments[0], scope);
  const table = target === null ? null : readTable(target, scope);
  return table === null ? unread(call, scope, null) : body(table.name, scope);
}

function drop(call: Call, scope: MigrationScope): Change[] {
  const target = targetOf(call.arguments[0], scope);
  const at = { path: scope.path, span: call.span };
  if (target?.function === "table") {
    const table = readTable(target, scope);
    if (table === null || !scope.certain) return unread(call, scope, table?.name ?? null);
    return [{ kind: "drop_table", table: table.name, at }];
  }
  if (target?.function === "index" || target?.function === "unique_index") {
    const read = readIndex(target, scope, at);
    if (read.index === null || !scope.certain) return unread(call, scope, read.table);
    return [{ kind: "drop_index", name: read.index.name, concurrently: read.index.concurrently, at }];
  }
  if (target?.function !== "constraint") return unread(call, scope, null);
  const read = readConstraint(target, scope, at);
  if (read === null || !scope.certain) return unread(call, scope, read?.table ?? null);
  return [{ kind: "drop_constraint", table: read.table, name: read.constraint.name }];
}

/** `rename table(:a), to: table(:b)` and `rename table(:a), :old, to: :new`. */
function rename(call: Call, scope: MigrationScope): Change[] {
  const target = targetOf(call.arguments[0], scope);
  const to = optionOf(call, "to");
  const at = { path: scope.path, span: call.span };
  if (target?.function === "index" && to !== null) {
    const read = readIndex(target, scope, at);
    const name = constantOf(to, scope);
    return read.index === null || typeof name !== "string"
      ? unread(call, scope, read.table)
      : [{ kind: "rename_index", name: read.index.name, to: name }];
  }
  const table = target === null ? null : readTable(target, scope);
  if (table === null || to === null) return unread(call, scope, table?.name ?? null);
  const renamed = targetOf(to, scope);
  const other = renamed === null ? null : readTable(renamed, scope);
  if (other !== null) return [{ kind: "rename_table", table: table.name, to: other.name, at }];
  const from = constantOf(call.arguments[1], scope);
  const name = constantOf(to, scope);
  if (typeof from !== "string" || typeof name !== "string") return unread(call, scope, table.name);
  return [{ kind: "rename_column", table: table.name, name: from, to: name, at }];
}

/** The `table(…)` or `index(…)` call a command is about, looked up when it was put into a variable. */
function targetOf(expression: Expression | undefined, scope: MigrationScope): Call | null {
  const written = expression?.kind === "variable" ? scope.expressions.get(expression.name) : expression;
  return written?.kind === "call" ? written : null;
}

function unread(call: Call, scope: MigrationScope, table: string | null): Change[] {
  return [{ kind: "unread", statement: { path: scope.path, span: call.span, table, text: call.function } }];
}
