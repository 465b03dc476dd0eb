import type { Change } from "../change.js";
import { readColumn } from "./columns.js";
import { readTableConstraint } from "./constraints.js";
import { createCursor, splitAtCommas, type Cursor } from "./cursor.js";
import { columnsIn } from "./indexes.js";
import { unreadStatement, type SqlStatement } from "./statement.js";
import type { Token } from "./tokens.js";

/** What follows CREATE TABLE: the name, then columns, constraints and (in MySQL) keys. */
export function readCreateTable(cursor: Cursor, statement: SqlStatement): Change[] {
  cursor.take("if", "not", "exists");
  const table = cursor.name();
  if (table === null) return [unreadStatement(statement, null)];
  const created: Change = { kind: "create_table", table, ...statement.at };
  if (cursor.take("partition", "of")) return [created];
  const group = cursor.group();
  if (group === null) return [created, ...copiedFrom(cursor, table, statement)];
  return [created, ...splitAtCommas(group).flatMap((part) => readElement(part, table, statement))];
}

/** `CREATE TABLE a AS SELECT * FROM b` has the columns of b; any other query is not read. */
function copiedFrom(cursor: Cursor, table: string, statement: SqlStatement): Change[] {
  const from = cursor.take("as", "select", "*", "from") ? cursor.name() : null;
  return from === null ? [unreadStatement(statement, table)] : [{ kind: "copy_columns", table, from, at: statement.at }];
}

function readElement(part: readonly Token[], table: string, statement: SqlStatement): Change[] {
  const constraint = readTableConstraint(createCursor(part), table, statement);
  if (constraint !== null) return [constraint];
  const cursor = createCursor(part);
  if (cursor.take("like")) return [{ kind: "copy_columns", table, from: cursor.name() ?? "", at: statement.at }];
  if (cursor.take("key") || cursor.take("index")) {
    const name = cursor.name() ?? "";
    const columns = columnsIn(statement.text, cursor.group() ?? []);
    return [
      {
        kind: "create_index",
        table,
        index: { ...statement.at, name, columns, unique: false, where: null, method: null, concurrently: false },
      },
    ];
  }
  return readColumn(cursor, table, statement);
}
