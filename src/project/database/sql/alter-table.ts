import type { Change, ColumnChange } from "../change.js";
import { readColumn, readDefault } from "./columns.js";
import { readTableConstraint } from "./constraints.js";
import { createCursor, splitAtCommas, textBetween, type Cursor } from "./cursor.js";
import { unreadStatement, type SqlStatement } from "./statement.js";
import type { Token } from "./tokens.js";

/** What follows ALTER TABLE: the name, then actions separated by commas. */
export function readAlterTable(cursor: Cursor, statement: SqlStatement): Change[] {
  cursor.take("if", "exists");
  cursor.take("only");
  const table = cursor.name();
  if (table === null) return [unreadStatement(statement, null)];
  return splitAtCommas(cursor.rest()).flatMap((action) => readAction(action, table, statement));
}

function readAction(tokens: readonly Token[], table: string, statement: SqlStatement): Change[] {
  const cursor = createCursor(tokens);
  if (cursor.take("add")) return readAdd(cursor, tokens, table, statement);
  if (cursor.take("drop")) return readDrop(cursor, table, statement);
  if (cursor.take("rename")) return readRename(cursor, table, statement);
  if (cursor.take("validate", "constraint")) return [{ kind: "validate_constraint", table, name: cursor.name() ?? "" }];
  if (cursor.take("alter")) return readAlterColumn(cursor, table, statement);
  return cursor.take("set", "schema") ? [unreadStatement(statement, table)] : [];
}

function readAdd(cursor: Cursor, tokens: readonly Token[], table: string, statement: SqlStatement): Change[] {
  const byIndex = constraintUsingIndex(tokens, table, statement);
  if (byIndex !== null) return byIndex;
  const constraint = readTableConstraint(createCursor(tokens.slice(1)), table, statement);
  if (constraint !== null) return [constraint];
  cursor.take("column");
  cursor.take("if", "not", "exists");
  return readColumn(cursor, table, statement);
}

/** `ADD CONSTRAINT name UNIQUE USING INDEX index`: the index was there before and takes the constraint's name. */
function constraintUsingIndex(tokens: readonly Token[], table: string, statement: SqlStatement): Change[] | null {
  const cursor = createCursor(tokens);
  if (!cursor.take("add", "constraint")) return null;
  const name = cursor.name() ?? "";
  const kind = cursor.take("unique") ? "unique" : cursor.take("primary", "key") ? "primary_key" : null;
  if (kind === null || !cursor.take("using", "index")) return null;
  const constraint = { ...statement.at, name, kind, definition: textBetween(statement.text, tokens), validated: true } as const;
  return [
    { kind: "rename_index", name: cursor.name() ?? "", to: name },
    { kind: "add_constraint", table, constraint, effect: { columns: [], references: null } },
  ];
}

function readDrop(cursor: Cursor, table: string, { at }: SqlStatement): Change[] {
  const constraint = cursor.take("constraint") || cursor.take("foreign", "key");
  if (!constraint) cursor.take("column");
  cursor.take("if", "exists");
  const name = cursor.name();
  if (name === null) return [];
  return [constraint ? { kind: "drop_constraint", table, name } : { kind: "remove_column", table, name, at }];
}

function readRename(cursor: Cursor, table: string, { at }: SqlStatement): Change[] {
  if (cursor.take("to")) return [{ kind: "rename_table", table, to: cursor.name() ?? table, at }];
  if (cursor.take("constraint")) return renamedConstraint(cursor, table);
  cursor.take("column");
  const name = cursor.name();
  return name === null || !cursor.take("to") ? [] : [{ kind: "rename_column", table, name, to: cursor.name() ?? name, at }];
}

function renamedConstraint(cursor: Cursor, table: string): Change[] {
  const name = cursor.name();
  return name === null || !cursor.take("to") ? [] : [{ kind: "rename_constraint", table, name, to: cursor.name() ?? name }];
}

function readAlterColumn(cursor: Cursor, table: string, statement: SqlStatement): Change[] {
  if (cursor.take("constraint")) return [];
  cursor.take("column");
  const name = cursor.name();
  const change = name === null ? null : columnChange(cursor, statement);
  return name === null || change === null ? [] : [{ kind: "modify_column", table, name, change, at: statement.at }];
}

function columnChange(cursor: Cursor, statement: SqlStatement): ColumnChange | null {
  if (cursor.take("set", "not", "null")) return { nullable: false };
  if (cursor.take("drop", "not", "null")) return { nullable: true };
  if (cursor.take("drop", "default")) return { default: null };
  if (cursor.take("set", "default")) return { default: readDefault(cursor, statement) };
  if (cursor.take("type") || cursor.take("set", "data", "type")) {
    const rest = cursor.rest();
    const using = rest.findIndex((token) => token.text === "using");
    return { type: textBetween(statement.text, using < 0 ? rest : rest.slice(0, using)).toLowerCase() };
  }
  return null;
}
