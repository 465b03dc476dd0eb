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
  if (group === null) return [created, unreadStatement(statement, table)];
  return [created, ...splitAtCommas(group).flatMap((part) => readElement(part, table, statement))];
}

function readElement(part: readonly Token[], table: string, statement: SqlStatement): Change[] {
  const constraint = readTableConstraint(createCursor(part), table, statement);
  if (constraint !== null) return [constraint];
  const cursor = createCursor(part);
  if (cursor.take("like")) return [unreadStatement(statement, table)];
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
