import type { Location } from "../../../model/project.js";
import type { Change } from "../change.js";
import { unknownText } from "../constants.js";
import { readAlterTable } from "./alter-table.js";
import { readCreateTable } from "./create-table.js";
import { createCursor, type Cursor } from "./cursor.js";
import { readCreateIndex, takeConcurrently } from "./indexes.js";
import { unreadStatement, type SqlStatement } from "./statement.js";
import { statementsIn, tokenize } from "./tokens.js";

/** The changes SQL makes to tables, columns, indexes and constraints. DDL that isn't understood is `unread`; all else changes nothing. */
export function readSql(text: string, location: Location, locate: (offset: number) => Location = () => location): Change[] {
  if (!definesSomething.test(text)) return [];
  return statementsIn(tokenize(text)).flatMap((tokens) => {
    const at = locate(tokens[0]?.start ?? 0);
    return readStatement({ text, tokens, at }).map((change) => certain(change, { text, tokens, at }));
  });
}

/** The words that a statement about tables or indexes begins with: SQL that only moves rows is not read. */
const definesSomething = /create|drop|alter|do/i;

function readStatement(statement: SqlStatement): Change[] {
  const cursor = createCursor(statement.tokens);
  if (cursor.take("create")) return readCreate(cursor, statement);
  if (cursor.take("drop")) return readDrop(cursor, statement);
  if (cursor.take("alter", "table")) return readAlterTable(cursor, statement);
  if (cursor.take("alter", "index")) return readAlterIndex(cursor);
  if (cursor.take("do")) return readAnonymousBlock(statement);
  return [];
}

function readCreate(cursor: Cursor, statement: SqlStatement): Change[] {
  const unique = cursor.take("unique");
  if (cursor.take("index")) return readCreateIndex(cursor, statement, unique);
  for (const word of ["global", "local", "temporary", "temp", "unlogged", "foreign"]) cursor.take(word);
  return cursor.take("table") ? readCreateTable(cursor, statement) : [];
}

function readDrop(cursor: Cursor, statement: SqlStatement): Change[] {
  const kind = cursor.take("index") ? "drop_index" : cursor.take("table") ? "drop_table" : null;
  if (kind === null) return [];
  const concurrently = takeConcurrently(cursor);
  cursor.take("if", "exists");
  const names: string[] = [];
  do names.push(cursor.name() ?? "");
  while (cursor.take(","));
  if (names.includes("")) return [unreadStatement(statement, null)];
  const { at } = statement;
  return names.map((name) =>
    kind === "drop_table" ? { kind, table: name, at } : { kind, name: name.slice(name.lastIndexOf(".") + 1), concurrently, at },
  );
}

function readAlterIndex(cursor: Cursor): Change[] {
  cursor.take("if", "exists");
  const name = cursor.name();
  const to = cursor.take("rename", "to") ? cursor.name() : null;
  return name === null || to === null ? [] : [{ kind: "rename_index", name: name.slice(name.lastIndexOf(".") + 1), to }];
}

/** `DO $$ … $$` runs code; what it alters is told as far as a table is named. */
function readAnonymousBlock(statement: SqlStatement): Change[] {
  const body = statement.tokens.map((token) => statement.text.slice(token.start, token.end)).join(" ");
  const changes = /\b(create\s+(unique\s+)?index|alter\s+table|(create|drop)\s+table|drop\s+index)\b/i.test(body);
  if (!changes) return [];
  const named = /\b(?:alter\s+table|table)\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?"?([a-z_][\w.]*)"?/i.exec(body);
  return [unreadStatement(statement, named?.[1] ?? null)];
}

/** Validating changes no structure, so not knowing what was validated loses nothing. A change whose table or index name came out of an unknown part of the text is none that could be relied on. */
function certain(change: Change, statement: SqlStatement): Change {
  const named = "table" in change ? change.table : "name" in change ? change.name : "";
  return named.includes(unknownText) && change.kind !== "validate_constraint" ? unreadStatement(statement, null) : change;
}
