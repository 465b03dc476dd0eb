import type { Expression } from "../../model/expression.js";
import type { Column, Project, Table } from "../../model/project.js";
import type { QueryFilter, RunQuery } from "../../project/queries/types.js";
import { queriesOf } from "../../project/queries/queries-in.js";
import { isIndexed } from "../../project/schema-of.js";
import { isSmallTable } from "./growing.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";

/** A column nothing indexes, and the queries that find rows of its table by it. */
export interface Lookup {
  readonly table: Table;
  readonly column: Column;
  readonly queries: readonly RunQuery[];
}

/** Columns that tell one row from all others, in any schema. */
const identifying =
  /(^|_)(token|email|slug|uuid|uid|guid|username|handle|login|sha|digest|hash|key|code|subdomain|hostname|fingerprint|barcode|sku|isbn|phone)$|^(external|remote|github|gitlab|google|stripe|slack|discord|twitter|facebook|apple|auth0|oauth|oidc|provider|customer|subscription|message|session|request|transaction|device|public|short)\w*_(id|uid|identifier)$/;
/** Values of a few kinds: an index on them alone helps little. */
const fewValues =
  /^(status|state|type|kind|role|level|category|locale|language|country|currency|gender|position|order|version|visibility|mode|priority)$|_(status|state|type|kind|role|level|mode|count|at|on|date|locale|currency)$|^(is|has)_/;
const flat =
  /^:?(boolean|bool|date|time|utc_datetime|naive_datetime|utc_datetime_usec|naive_datetime_usec|timestamp\w*|map|jsonb?|float|decimal|numeric)\b/;
const findsOne = /^(get_by|one|exists\?)!?$/;

/** Look-ups by columns without index, by the file that made the column; only where the whole query has nothing better to begin with. */
export const lookupsByPath = perProject((project): ReadonlyMap<string, readonly Lookup[]> => {
  const byColumn = new Map<Column, Lookup>();
  for (const query of queriesOf(project)) {
    if (!isProduction(query.at.path)) continue;
    for (const { table, column } of lookedUp(query, project)) {
      byColumn.set(column, { table, column, queries: [...(byColumn.get(column)?.queries ?? []), query] });
    }
  }
  const byPath = new Map<string, Lookup[]>();
  for (const lookup of byColumn.values()) byPath.set(lookup.column.path, [...(byPath.get(lookup.column.path) ?? []), lookup]);
  return byPath;
});

function lookedUp(query: RunQuery, project: Project): Omit<Lookup, "queries">[] {
  const equals = query.filters.filter((filter) => (filter.operator === "==" || filter.operator === "in") && !isNothing(filter.value));
  const served = [...equals, ...query.joins].some(({ source, column }) => {
    const table = tableAt(query, source, project);
    return table === null || isServed(table, column);
  });
  if (served || query.opaque || query.sources.some((source) => source.table === null)) return [];
  const found = equals.flatMap((filter) => {
    const table = tableAt(query, filter.source, project);
    const column = table?.columns.get(filter.column);
    if (table === null || column === undefined || isSmallTable(table.name)) return [];
    return tellsApart(column, filter, equals, query, project, table) ? [{ table, column }] : [];
  });
  return found.slice(0, 1);
}

function tableAt(query: RunQuery, source: number, project: Project): Table | null {
  return project.database.tables.get(query.sources[source]?.table ?? "") ?? null;
}

/** Any index that begins with the column or speaks of it in an expression or a condition may serve the query. */
function isServed(table: Table, column: string): boolean {
  if (isIndexed(table, column)) return true;
  const named = new RegExp(`\\b${column}\\b`);
  return table.indexes.some(
    (index) =>
      index.columns[0] === column || index.columns.length === 0 || index.columns.some((part) => part.startsWith("(") && named.test(part)),
  );
}

/** `nil`, `true` and atoms written in the query choose many rows. */
function isNothing(value: Expression | null): boolean {
  return value === null || (value.kind === "literal" && value.type !== "string" && value.type !== "integer") || value.kind === "list";
}

function tellsApart(
  column: Column,
  filter: QueryFilter,
  equals: readonly QueryFilter[],
  query: RunQuery,
  project: Project,
  table: Table,
): boolean {
  if (column.references !== null || column.primaryKey || flat.test(column.type) || fewValues.test(column.name)) return false;
  const schemas = [...project.schemas.values()].filter((schema) => schema.table === table.name);
  const isKey = schemas.some((schema) => schema.associations.some((association) => association.foreignKey === column.name));
  const field = schemas.flatMap((schema) => schema.fields).find((candidate) => candidate.name === column.name);
  if (isKey || /Enum|boolean/.test(field?.type ?? "")) return false;
  return identifying.test(column.name) || (findsOne.test(query.name) && equals.length === 1 && filter.always);
}

/** Whether each row is expected to have a value of its own in the column, whatever the table. */
export function isIdentifier(column: string): boolean {
  return identifying.test(column);
}
