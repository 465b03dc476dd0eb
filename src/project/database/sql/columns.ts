import type { Column, ForeignKey } from "../../../model/project.js";
import type { Change } from "../change.js";
import { isText, textBetween, type Cursor } from "./cursor.js";
import { readReferences } from "./constraints.js";
import type { SqlStatement } from "./statement.js";
import type { Token } from "./tokens.js";

const endsType = new Set([
  "not",
  "null",
  "default",
  "primary",
  "unique",
  "references",
  "check",
  "constraint",
  "collate",
  "generated",
  "comment",
  "auto_increment",
]);

/** `name type [constraints…]`, as in CREATE TABLE and ADD COLUMN. */
export function readColumn(cursor: Cursor, table: string, statement: SqlStatement): Change[] {
  const name = cursor.name();
  if (name === null) return [];
  const type: Token[] = [];
  for (let token = cursor.peek(); token !== undefined && !(endsType.has(token.text) && !token.quoted); token = cursor.peek()) {
    type.push(token);
    cursor.next();
  }
  const read = readColumnConstraints(cursor, statement);
  const column: Column = { ...statement.at, name, type: textBetween(statement.text, type).toLowerCase(), ...read.column };
  const changes: Change[] = [{ kind: "add_column", table, column, foreignKeyName: null }];
  if (!read.unique && !column.primaryKey) return changes;
  const bare = table.slice(table.lastIndexOf(".") + 1);
  const kind = column.primaryKey ? "primary_key" : "unique";
  const constraint = {
    ...statement.at,
    name: column.primaryKey ? `${bare}_pkey` : `${bare}_${name}_key`,
    kind,
    definition: `${kind} (${name})`,
    validated: true,
  } as const;
  return [...changes, { kind: "add_constraint", table, constraint, effect: { columns: [name], references: null } }];
}

function readColumnConstraints(cursor: Cursor, statement: SqlStatement) {
  let nullable = true;
  let primaryKey = false;
  let unique = false;
  let written: string | null = null;
  let references: ForeignKey | null = null;
  while (!cursor.done()) {
    if (cursor.take("not", "null")) nullable = false;
    else if (cursor.take("primary", "key")) [primaryKey, nullable] = [true, false];
    else if (cursor.take("unique")) unique = true;
    else if (cursor.take("default")) written = readDefault(cursor, statement);
    else if (cursor.take("references")) references = readReferences(cursor, statement.text);
    else if (cursor.group() === null) cursor.next();
  }
  return { unique, column: { nullable, primaryKey, default: written, references } };
}

/** A column's default: everything up to the next word that begins another constraint. */
export function readDefault(cursor: Cursor, statement: SqlStatement): string {
  const tokens: Token[] = [];
  for (let token = cursor.peek(); token !== undefined; token = cursor.peek()) {
    if (tokens.length > 0 && endsType.has(token.text) && !isText(token, "null")) break;
    tokens.push(token);
    cursor.next();
  }
  return textBetween(statement.text, tokens);
}
