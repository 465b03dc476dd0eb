import type { Association, Column, Project, Schema, Table } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { queriesOf } from "../../project/queries/queries-in.js";
import type { RunQuery } from "../../project/queries/types.js";
import { isIndexed } from "../../project/schema-of.js";
import { optionOf } from "../../project/values.js";
import type { Clue } from "../define.js";
import { growingTables } from "./growing.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";
import { spoken } from "./written.js";

/** What asks for the rows of one key: its name and where it stands. */
export interface KeyReader {
  readonly name: string;
  readonly clue: Clue;
}

/** What finds rows of `table` by the foreign key `column`: an association of another schema, or else a serving query that has no index to begin with. */
export function keyReader(project: Project, table: Table, column: Column): KeyReader | null {
  const read = readingAssociation(project, table, column.name);
  const query = queriesByKey(project).get(column);
  if (read === null || (query !== undefined && deletesWithOwner(project, read))) {
    return query === undefined
      ? null
      : { name: spoken(query.caller), clue: { at: query.at, note: `${spoken(query.caller)} finds rows by it` } };
  }
  const name = `${read.association.cardinality} :${read.association.name}`;
  return { name, clue: { at: read.association, note: `${read.schema.module} reads by it: ${name}` } };
}

/** Whether the rows of one key are asked for while the application serves, and there are many rows to look through. */
export function isReadOften(project: Project, table: Table, column: Column): boolean {
  if (!growingTables(project).has(table.name) || waiting.test(table.name)) return false;
  const read = readingAssociation(project, table, column.name);
  return queriesByKey(project).has(column) || (read !== null && !deletesWithOwner(project, read));
}

/** Tables whose rows leave again once they are dealt with. */
const waiting = /(^|[._])(pending|queued?|queue|tmp|temp|temporary|nonces?)([._]|$)/;

/** `has_many :rates, Rate, on_delete: :delete_all` is often declared for deleting alone. */
function deletesWithOwner(project: Project, { schema, association }: Reading): boolean {
  const body = project.modules.get(schema.module)?.facts.body ?? [];
  const calls = body.flatMap((expression) => collect(expression, "call"));
  const call = calls.find(({ span }) => span.start === association.span.start && span.end === association.span.end);
  return call !== undefined && optionOf(call, "on_delete") !== null;
}

/** The schemas stored in the table. */
export function schemasOf(project: Project, table: string): Schema[] {
  return [...project.schemas.values()].filter(
    (schema) => schema.table !== null && (schema.prefix === null ? schema.table : `${schema.prefix}.${schema.table}`) === table,
  );
}

interface Reading {
  readonly schema: Schema;
  readonly association: Association;
}

function readingAssociation(project: Project, table: Table, column: string): Reading | null {
  const owners = new Set(schemasOf(project, table.name).map((schema) => schema.module));
  for (const schema of project.schemas.values()) {
    const association = schema.associations.find(
      (candidate) =>
        (candidate.cardinality === "has_many" || candidate.cardinality === "has_one") &&
        candidate.foreignKey === column &&
        candidate.through.length === 0 &&
        owners.has(candidate.schema ?? ""),
    );
    if (association !== undefined) return { schema, association };
  }
  return null;
}

/** Queries that find rows by a key without any index, and join nothing unknown that might find them sooner: by the first of several keys, and by none where an association reads by another of them, whose index will serve both. */
const queriesByKey = perProject((project): ReadonlyMap<Column, RunQuery> => {
  const found = new Map<Column, RunQuery>();
  for (const query of queriesOf(project)) {
    if (!isProduction(query.at.path) || query.sources.some(({ table }) => table === null)) continue;
    const conditions = query.filters.filter(({ operator, always }) => always && (operator === "==" || operator === "in"));
    const keys = conditions.flatMap(({ source, column }) => columnAt(query, source, column, project) ?? []);
    if (keys.some(({ table, column }) => isIndexed(table, column.name))) continue;
    const [first, ...others] = keys.filter(({ table, column }) => isKey(project, table, column));
    if (first === undefined || others.some(({ table, column }) => readingAssociation(project, table, column.name) !== null)) continue;
    if (!found.has(first.column)) found.set(first.column, query);
  }
  return found;
});

function columnAt(query: RunQuery, source: number, name: string, project: Project): { table: Table; column: Column } | null {
  const table = project.database.tables.get(query.sources[source]?.table ?? "");
  const column = table?.columns.get(name);
  return table === undefined || column === undefined ? null : { table, column };
}

function isKey(project: Project, table: Table, column: Column): boolean {
  if (column.references !== null) return true;
  const associations = schemasOf(project, table.name).flatMap((schema) => schema.associations);
  return associations.some(({ cardinality, foreignKey }) => cardinality === "belongs_to" && foreignKey === column.name);
}
