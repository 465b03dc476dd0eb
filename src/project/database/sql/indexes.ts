import type { Change } from "../change.js";
import { unknownText } from "../constants.js";
import { splitAtCommas, textBetween, type Cursor } from "./cursor.js";
import { unreadStatement, type SqlStatement } from "./statement.js";
import type { Token } from "./tokens.js";

/** `CREATE [UNIQUE] INDEX [CONCURRENTLY] [name] ON table [USING method] (columns) [WHERE condition]`, after the word INDEX. */
export function readCreateIndex(cursor: Cursor, statement: SqlStatement, unique: boolean): Change[] {
  const concurrently = takeConcurrently(cursor);
  cursor.take("if", "not", "exists");
  const written = cursor.peek()?.text === "on" ? null : cursor.name();
  if (!cursor.take("on")) return [unreadStatement(statement, null)];
  cursor.take("only");
  const table = cursor.name();
  if (table === null) return [unreadStatement(statement, null)];
  const method = cursor.take("using") ? cursor.name() : null;
  const group = cursor.group();
  if (group === null) return [unreadStatement(statement, table)];
  const columns = columnsIn(statement.text, group);
  const kind = cursor.peek()?.text === "include" || cursor.peek()?.text === "nulls" ? "other" : specialOf(group);
  const special = kind === null ? {} : { special: kind };
  while (!cursor.done() && cursor.peek()?.text !== "where") cursor.next();
  const where = cursor.take("where") ? textBetween(statement.text, cursor.rest()) : null;
  const name = written ?? [table, ...columns.map((column) => column.replace(/\W/g, "")), "idx"].join("_");
  return [
    {
      kind: "create_index",
      table,
      index: { ...statement.at, name: name.slice(name.lastIndexOf(".") + 1), columns, unique, where, method, concurrently, ...special },
    },
  ];
}

/** What is written beside the columns of an index: an order, an operator class, where nulls go. */
function specialOf(group: readonly Token[]): "order" | "other" | null {
  const beside = splitAtCommas(group).map(([, ...rest]) => rest.filter((token) => token.type === "word").map((token) => token.text));
  if (beside.flat().some((word) => /^(nulls|collate)$|_ops$/.test(word))) return "other";
  return beside.slice(1).some((words) => words.includes("desc")) ? "order" : null;
}

/** Takes CONCURRENTLY, or a part of the text that isn't known and stands where it would (`CREATE INDEX #{mode} IF NOT EXISTS`). */
export function takeConcurrently(cursor: Cursor): boolean {
  if (cursor.take("concurrently")) return true;
  if (cursor.peek()?.text === unknownText && cursor.peek(1)?.text === "if") cursor.next();
  return false;
}

/** Columns of an index or key: plain names as they are, whatever their order or operator class; expressions in parentheses. */
export function columnsIn(text: string, group: readonly Token[]): string[] {
  return splitAtCommas(group).map((part) => {
    const [first, second] = part;
    if (first?.type === "word" && second?.text !== "(" && second?.text !== "::") return first.text;
    const written = textBetween(text, part);
    return written.startsWith("(") && written.endsWith(")") ? written : `(${written})`;
  });
}
