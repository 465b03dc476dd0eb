import type { Project, Table } from "../../model/project.js";

/** What a claim says, all of its words together. */
export interface Claim {
  readonly path: string;
  readonly text: string;
  readonly quote: string;
}

/** The project fact a claim contradicts, as a reason; null when none does. */
export function contradictionOf(claim: Claim, project: Project): string | null {
  return (
    indexExists(claim, project) ?? foreignKeyExists(claim, project) ?? processSupervised(claim, project) ?? functionTested(claim, project)
  );
}

const lacks = "(?:no|not|missing|lacks?|without|un|isn't|is not|add an?|needs? an?)";

function claims(claim: Claim, subject: string): boolean {
  return new RegExp(`\\b${lacks}[\\w\\s\`.:_-]{0,40}${subject}|${subject}[\\w\\s\`.:_-]{0,40}\\b(?:missing|lacking|absent)\\b`, "i").test(
    claim.text,
  );
}

function indexExists(claim: Claim, project: Project): string | null {
  if (!claims(claim, "index") && !/\bunindexed\b/i.test(claim.text)) return null;
  const columns = namedColumns(claim, project);
  const indexed = columns.map(({ table, column }) => ({
    table,
    column,
    index: table.indexes.find((index) => index.columns[0] === column),
  }));
  const [first] = indexed;
  if (first?.index === undefined || indexed.some(({ index }) => index === undefined)) return null;
  return `${first.table.name}.${first.column} has the index ${first.index.name} (${first.index.path})`;
}

function foreignKeyExists(claim: Claim, project: Project): string | null {
  if (!claims(claim, "foreign key") && !claims(claim, "references")) return null;
  const columns = namedColumns(claim, project);
  const first = columns[0];
  if (first === undefined || columns.some(({ table, column }) => table.columns.get(column)?.references === null)) return null;
  return `${first.table.name}.${first.column} has a foreign key (${first.table.columns.get(first.column)?.path ?? first.table.path})`;
}

/** Columns the claim names, in tables it names or whose schema stands in the claimed file. */
function namedColumns(claim: Claim, project: Project): { table: Table; column: string }[] {
  const words = new Set(`${claim.text} ${claim.quote}`.match(/\w+/g) ?? []);
  const here = new Set(
    [...project.schemas.values()]
      .filter((schema) => schema.path === claim.path || words.has(schema.module.split(".").at(-1) ?? ""))
      .map((schema) => schema.table),
  );
  return [...project.database.tables.values()]
    .filter((table) => words.has(table.name) || here.has(table.name))
    .flatMap((table) =>
      [...table.columns.keys()]
        .filter((column) => column !== "id" && words.has(column) && column.includes("_"))
        .map((column) => ({ table, column })),
    );
}

function processSupervised(claim: Claim, project: Project): string | null {
  if (
    !/\bunsupervised\b|\b(?:not|isn't|never)\s+(?:\w+\s+)?supervised|\b(?:no|without(?: an?)?|outside (?:an?|any|the))\s+supervis/i.test(
      claim.text,
    )
  )
    return null;
  const named = project.processes.filter((process) => process.path === claim.path || claim.text.includes(process.module));
  const [first] = named;
  if (first === undefined || named.some((process) => process.supervisedAt.length === 0)) return null;
  return `${first.module} is started under a supervisor (${first.supervisedAt[0]?.path ?? first.path})`;
}

function functionTested(claim: Claim, project: Project): string | null {
  if (!/\buntested\b|\b(?:no|without(?: an?)?|missing|lacks?(?: an?)?)\s+(?:\w+\s+)?tests?\b|\bnot\s+tested\b/i.test(claim.text))
    return null;
  const named = [...claim.text.matchAll(/([a-z_]\w*[?!]?)\/(\d+)/g)].map(([, name, arity]) => `.${name}/${arity}`);
  const ids = [...project.functions.values()]
    .filter((found) => found.path === claim.path && named.some((suffix) => found.id.endsWith(suffix)))
    .map((found) => found.id);
  const [first] = ids;
  const testing = (id: string) => project.tests.find((test) => test.calls.has(id));
  if (first === undefined || ids.some((id) => testing(id) === undefined)) return null;
  return `${first} is called by a test (${testing(first)?.path ?? ""})`;
}
