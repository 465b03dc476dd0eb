import type { ChangesetConstraint, Database, Index, Project, Schema, Table } from "../../model/project.js";
import { changesetsIn, touchesChangesets } from "../../project/changesets/changesets-of.js";
import { perProject } from "./per-project.js";

/** What PostgreSQL keeps of an identifier. */
const nameLimit = 63;

/** Indexes that refuse a second row: unique ones, those of unique constraints, and the primary key. */
export function uniqueIndexes(table: Table): Index[] {
  const keys = [...table.columns.values()].filter((column) => column.primaryKey);
  const bare = table.name.split(".").at(-1) ?? table.name;
  const [first] = keys;
  const key = { name: `${bare}_pkey`, columns: keys.map((column) => column.name), unique: true, where: null, method: null };
  const declared = table.indexes.filter((index) => index.unique);
  return first === undefined ? declared : [...declared, { ...key, concurrently: false, path: first.path, span: first.span }];
}

/** The name a `unique_constraint` waits for, given or Ecto's default; null when the code alone does not tell it. */
export function expectedName(constraint: ChangesetConstraint, schema: Schema): string | null {
  if (constraint.nameUnread) return null;
  if (constraint.name !== null) return constraint.name;
  if (schema.table === null || constraint.fields === null) return null;
  const columns = constraint.fields.map((name) => schema.fields.find((field) => field.name === name)?.column ?? name);
  return [schema.table, ...columns, "index"].join("_");
}

export function isNamed(index: Index, name: string, match: ChangesetConstraint["match"]): boolean {
  return isNamedAs(index.name, name, match);
}

/** Whether the database's name for an index or constraint is the one a changeset waits for. */
export function isNamedAs(known: string, name: string, match: ChangesetConstraint["match"]): boolean {
  const [own, wanted] = [known.slice(0, nameLimit), name.slice(0, nameLimit)];
  if (match === "suffix") return own.endsWith(wanted);
  return match === "prefix" ? own.startsWith(wanted) : own === wanted;
}

/** Whether an index is about a column: alone, among others, inside an expression (`lower(email)`) or in its condition. */
export function isAbout(index: Index, column: string): boolean {
  const mention = new RegExp(`\\b${column}\\b`);
  const isIn = index.columns.some((written) => written === column || (written.startsWith("(") && mention.test(written)));
  return isIn || (index.where !== null && mention.test(index.where));
}

/** Whether statements nobody could read may have made or dropped a unique index of the table. */
export function uniquenessDoubt(database: Database, table: Table): boolean {
  const bare = table.name.split(".").at(-1) ?? table.name;
  return database.unread.some(({ table: named, text }) => {
    if (named !== null && named !== table.name) return false;
    if (text === "execute" || text.includes("unknown_value")) return true;
    return named === table.name || text.includes(bare) || /index|unique/i.test(text);
  });
}

/** Names and fields of unique constraints declared outside schema modules: contexts may convert what a schema does not. */
export const constraintsOutsideSchemas = perProject((project: Project): readonly ChangesetConstraint[] =>
  [...project.modules.keys()]
    .filter((module) => !project.schemas.has(module) && touchesChangesets(project, module))
    .flatMap((module) => changesetsIn(project, module))
    .flatMap((changeset) => changeset.constraints.filter((constraint) => constraint.kind === "unique")),
);
