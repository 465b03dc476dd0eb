import type { Constraint, ForeignKey } from "../../../model/project.js";
import type { Change, ConstraintEffect } from "../change.js";
import { isText, textBetween, type Cursor } from "./cursor.js";
import { columnsIn } from "./indexes.js";
import type { SqlStatement } from "./statement.js";

/** A table constraint, with or without `CONSTRAINT name` before it; null when what comes next is none. */
export function readTableConstraint(cursor: Cursor, table: string, statement: SqlStatement): Change | null {
  const name = cursor.take("constraint") ? cursor.name() : null;
  const start = cursor.rest();
  const read = readKind(cursor, statement);
  if (read === null) return null;
  const validated = !start.some((token, position) => isText(token, "not") && isText(start[position + 1], "valid"));
  const constraint: Constraint = {
    ...statement.at,
    name: name ?? defaultName(table, read.kind, read.effect.columns),
    kind: read.kind,
    definition: textBetween(statement.text, start),
    validated,
  };
  const references = read.effect.references === null ? null : { ...read.effect.references, validated };
  return { kind: "add_constraint", table, constraint, effect: { columns: read.effect.columns, references } };
}

function readKind(cursor: Cursor, { text }: SqlStatement): { kind: Constraint["kind"]; effect: ConstraintEffect } | null {
  const columns = (): string[] => columnsIn(text, cursor.group() ?? []);
  if (cursor.take("primary", "key")) return { kind: "primary_key", effect: { columns: columns(), references: null } };
  if (cursor.take("foreign", "key")) {
    const own = columns();
    const referenced = cursor.take("references") ? readReferenced(cursor, text) : null;
    if (referenced === null) return { kind: "foreign_key", effect: { columns: own, references: null } };
    const main = Math.max(0, referenced.columns.indexOf("id"));
    const mainFirst = [...own.slice(main, main + 1), ...own.filter((_, position) => position !== main)];
    return { kind: "foreign_key", effect: { columns: mainFirst, references: referenced.key } };
  }
  if (cursor.take("unique")) {
    for (const word of ["key", "nulls", "not", "distinct"]) cursor.take(word);
    if (cursor.peek()?.text !== "(" && cursor.peek()?.text !== "using") cursor.name();
    return { kind: "unique", effect: { columns: columns(), references: null } };
  }
  if (cursor.take("check")) return { kind: "check", effect: { columns: [], references: null } };
  if (cursor.take("exclude")) return { kind: "exclude", effect: { columns: [], references: null } };
  return null;
}

/** What follows REFERENCES: `table [(columns)] [ON DELETE action]`. A key over several columns is told by the one that points to `id`. */
export function readReferences(cursor: Cursor, text: string): ForeignKey | null {
  return readReferenced(cursor, text)?.key ?? null;
}

function readReferenced(cursor: Cursor, text: string): { readonly key: ForeignKey; readonly columns: readonly string[] } | null {
  const table = cursor.name();
  if (table === null) return null;
  const columns = columnsIn(text, cursor.group() ?? []);
  const column = columns.includes("id") ? "id" : (columns[0] ?? "id");
  let onDelete: string | null = null;
  while (!cursor.done() && onDelete === null && !isText(cursor.peek(), ",")) {
    if (cursor.take("on", "delete")) onDelete = [cursor.next()?.text, cursor.peek()?.text].filter((word) => word !== undefined).join(" ");
    else if (isText(cursor.peek(), "on") || isText(cursor.peek(), "match") || isText(cursor.peek(), "update")) cursor.next();
    else if (isText(cursor.peek(-1), "update") || isText(cursor.peek(-1), "match")) cursor.next();
    else break;
  }
  return { columns, key: { table, column, with: [], onDelete: onDelete === null ? null : actionOf(onDelete), validated: true } };
}

/** Ecto's names for what PostgreSQL does to rows that point to a deleted one. */
function actionOf(written: string): string {
  if (written.startsWith("cascade")) return "delete_all";
  if (written.startsWith("restrict")) return "restrict";
  if (written.startsWith("set null")) return "nilify_all";
  return written.startsWith("set default") ? "default_all" : "nothing";
}

function defaultName(table: string, kind: Constraint["kind"], columns: readonly string[]): string {
  const bare = table.slice(table.lastIndexOf(".") + 1);
  if (kind === "primary_key") return `${bare}_pkey`;
  const ending = { foreign_key: "fkey", unique: "key", check: "check", exclude: "excl" }[kind];
  return [bare, ...columns, ending].join("_");
}
