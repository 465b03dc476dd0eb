import type { Index, Table } from "../../../model/project.js";
import { isIndexed } from "../../../project/schema-of.js";
import { saysMissing } from "./claim.js";
import type { Judged, Refute } from "./claim.js";

/** Claims that the database lacks an index, a key, a constraint, a column or a table which the replayed migrations hold. */
export const databaseRefutations: readonly Refute[] = [
  uniqueExists,
  indexExists,
  foreignKeyExists,
  notNull,
  checkExists,
  deletionHandled,
  columnExists,
  tableExists,
];

interface Named {
  readonly table: Table;
  readonly column: string;
}

function indexExists(claim: Judged): string | null {
  if (
    !saysMissing(claim.text, "index|indices") &&
    !/\bunindexed\b|\bfull (?:table )?scan|\bsequential scan|reads? the whole table/i.test(claim.text)
  )
    return null;
  const columns = namedColumns(claim);
  const [first] = columns;
  if (first === undefined || columns.some(({ table, column }) => !isIndexed(table, column))) return null;
  const index = first.table.indexes.find(({ columns: own }) => own[0] === first.column);
  return `${first.table.name}.${first.column} has the index ${nameOf(index)}`;
}

function uniqueExists(claim: Judged): string | null {
  const { text } = claim;
  if (
    !saysMissing(text, "unique (?:index|constraint|key)|uniqueness") &&
    !/\bnot unique\b|\bisn't unique\b|\bduplicates? (?:are|is) possible/i.test(text)
  )
    return null;
  const columns = namedColumns(claim);
  const unique = columns.map(({ table, column }) => table.indexes.find((index) => index.unique && index.columns.includes(column)));
  return columns.length === 0 || unique.some((index) => index === undefined)
    ? null
    : `${columns[0]?.table.name}.${columns[0]?.column} has the unique index ${nameOf(unique[0])}`;
}

function foreignKeyExists(claim: Judged): string | null {
  if (!saysMissing(claim.text, "foreign[ -]key|references\\(?|referential")) return null;
  const columns = namedColumns(claim);
  const [first] = columns;
  if (first === undefined || columns.some(({ table, column }) => !table.columns.get(column)?.references)) return null;
  return `${first.table.name}.${first.column} has a foreign key (${first.table.columns.get(first.column)?.path ?? first.table.path})`;
}

function notNull(claim: Judged): string | null {
  if (
    !/\bnullable\b|\bcan be (?:null|nil)\b|\b(?:allows|accepts|permits) (?:null|nil)/i.test(claim.text) &&
    !saysMissing(claim.text, "not[ -]null|null: false")
  )
    return null;
  const columns = namedColumns(claim);
  return columns.length === 0 || columns.some(({ table, column }) => table.columns.get(column)?.nullable !== false)
    ? null
    : `${columns[0]?.table.name}.${columns[0]?.column} is not null in the database`;
}

function checkExists(claim: Judged): string | null {
  if (!saysMissing(claim.text, "check(?:[ -]constraint)|database constraint")) return null;
  const found = namedColumns(claim).flatMap(({ table, column }) =>
    table.constraints.filter(({ kind, definition }) => kind === "check" && new RegExp(`\\b${column}\\b`).test(definition)),
  );
  return found[0] === undefined ? null : `the check constraint ${found[0].name} exists`;
}

function deletionHandled(claim: Judged): string | null {
  if (!saysMissing(claim.text, "on_delete|cascade")) return null;
  const found = namedColumns(claim).find(
    ({ table, column }) => (table.columns.get(column)?.references?.onDelete ?? "nothing") !== "nothing",
  );
  return found === undefined
    ? null
    : `${found.table.name}.${found.column} has on_delete: ${found.table.columns.get(found.column)?.references?.onDelete}`;
}

function columnExists(claim: Judged): string | null {
  if (!saysMissing(claim.text, "column|field")) return null;
  const [first] = namedColumns(claim, false);
  const isAbout =
    first !== undefined &&
    new RegExp(
      `(?:no|missing|lacks? (?:an?|the)?|without an?)\\s+(?:column|field)?\\s*[\`:]*(?:${first.table.name}\\.)?${first.column}\\b|${first.column}\`? (?:column|field)?\\s*(?:is missing|does not exist)`,
      "i",
    ).test(claim.text);
  return isAbout ? `${first.table.name}.${first.column} exists (${first.table.path})` : null;
}

function tableExists(claim: Judged): string | null {
  const named =
    /(?:no|missing|lacks? (?:an?|the)?|there is no)\s+[`:"]*(\w+)[`"]*\s+table|table\s+[`:"]*(\w+)[`"]*\s+(?:does not exist|is missing)/i.exec(
      claim.text,
    );
  const name = named?.[1] ?? named?.[2];
  const table = name === undefined ? undefined : claim.consultation.project.database.tables.get(name);
  return table === undefined ? null : `the table ${table.name} exists (${table.path})`;
}

/** Columns the claim names, in tables it names or whose schema stands in the claimed file. */
export function namedColumns({ text, quote, path, consultation }: Judged, withQuote = true): Named[] {
  const { project } = consultation;
  const dotted = [...text.matchAll(/\b(\w+)\.(\w+)\b/g)].flatMap(([, name = "", column = ""]) => {
    const table = project.database.tables.get(name);
    return table?.columns.has(column) ? [{ table, column }] : [];
  });
  if (dotted.length > 0) return dotted;
  const spoken = new Set(text.match(/\w+/g) ?? []);
  const words = new Set([...spoken, ...(withQuote ? (quote.match(/\w+/g) ?? []) : [])]);
  const here = [...project.schemas.values()].filter((schema) => schema.path === path || words.has(schema.module.split(".").at(-1) ?? ""));
  const tables = new Set(here.map((schema) => schema.table));
  const keys = new Set(
    here.flatMap((schema) => schema.associations.filter(({ name }) => words.has(name)).flatMap(({ foreignKey }) => foreignKey ?? [])),
  );
  const candidates = [...project.database.tables.values()].filter((table) => words.has(table.name) || tables.has(table.name));
  const columns = candidates.flatMap((table) => [...table.columns.keys()].map((column) => ({ table, column })));
  const named = columns.filter(({ column }) => column !== "id" && spoken.has(column));
  return named.length > 0 ? named : columns.filter(({ column }) => keys.has(column) || (column.includes("_") && words.has(column)));
}

function nameOf(index: Index | undefined): string {
  return index === undefined ? "of its primary key" : `${index.name} (${index.path})`;
}
