import type { Association, Column, Project, Schema, Table } from "../../model/project.js";
import { queriesOf } from "../../project/queries/queries-in.js";
import type { RunQuery } from "../../project/queries/types.js";
import { isIndexed } from "../../project/schema-of.js";
import type { Clue } from "../define.js";
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
  if (read !== null) {
    const name = `${read.association.cardinality} :${read.association.name}`;
    return { name, clue: { at: read.association, note: `${read.schema.module} reads by it: ${name}` } };
  }
  const query = queriesByKey(project).get(column);
  return query === undefined
    ? null
    : { name: spoken(query.caller), clue: { at: query.at, note: `${spoken(query.caller)} finds rows by it` } };
}

/** The schemas stored in the table. */
export function schemasOf(project: Project, table: string): Schema[] {
  return [...project.schemas.values()].filter(
    (schema) => schema.table !== null && (schema.prefix === null ? schema.table : `${schema.prefix}.${schema.table}`) === table,
  );
}

function readingAssociation(project: Project, table: Table, column: string): { schema: Schema; association: Association } | null {
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

/** Queries that find rows by a key without any index, by that key: the first of several, and none where an association reads by another of them, whose index will serve both. */
const queriesByKey = perProject((project): ReadonlyMap<Column, RunQuery> => {
  const found = new Map<Column, RunQuery>();
  for (const query of queriesOf(project)) {
    if (!isProduction(query.at.path)) continue;
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
