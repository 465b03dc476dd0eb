import type { Call, Expression, MapExpression } from "../../model/expression.js";
import type { AuditedFinding } from "../../model/audit.js";
import type { Project, Schema } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { loopsIn, type LoopSite } from "../../project/loops-in.js";
import { repositoryCall } from "../../project/repository-call.js";
import type { Change, FixInput, ProposeChange } from "../define.js";
import { editOf, type Edit } from "../edit.js";
import { callAt, writtenAt, type FoundCall } from "../find-code.js";
import { statementAround, type Statement } from "../statement.js";
import { queryImport } from "./query-import.js";
import { hasEmbeds, mayDeleteMore, schemaOfRows } from "./row-schema.js";

/** One write of a loop over a list, ready to be replaced. */
interface Writing extends FoundCall {
  readonly project: Project;
  readonly text: string;
  readonly loop: LoopSite;
  /** The name of one element. */
  readonly element: string;
  readonly statement: Statement;
  /** The repository as written. */
  readonly repository: string;
}

/** Rows at once: more would pass the 65,535 parameters a statement may have, for a table of up to 65 columns. */
const rowsAtOnce = "1_000";

/** `Enum.each` that does nothing but write its element becomes one statement: insert_all of plain structs, update_all with the same values, delete_all. */
export const writeAllAtOnce: ProposeChange = (finding, input) => {
  const writing = writingAt(finding, input);
  if (writing === null) return null;
  const { call } = writing;
  if (/^insert!?$/.test(call.function)) return insertAll(writing, finding, input);
  if (/^update!?$/.test(call.function)) return updateAll(writing, finding, input);
  return /^delete!?$/.test(call.function) ? deleteAll(writing, finding, input) : null;
};

function writingAt(finding: AuditedFinding, { analysis: { project, textOf } }: FixInput): Writing | null {
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  if (text === null || found === null || repositoryCall(project, found.call)?.operation !== "write") return null;
  const loop = loopsIn(found.body).findLast((site) => contains(site.body.span, found.call.span));
  const [pattern, ...others] = loop?.patterns ?? [];
  if (loop?.expression.kind !== "call" || loop.source === null || loop.expression.module !== "Enum") return null;
  if (loop.expression.function !== "each" || loop.body !== found.call || others.length > 0 || found.call.arguments.length !== 1)
    return null;
  const element = nameOf(pattern);
  const statement = statementAround(found.body, loop.expression.span, text);
  if (element === null || statement === null || statement.span.start !== loop.expression.span.start) return null;
  if (statement.span.end !== loop.expression.span.end) return null;
  const repository = writtenAt(text, found.call.nameSpan).replace(/\.\w+[!?]?$/, "");
  return { ...found, project, text, loop, element, statement, repository };
}

/** `post`, `%Post{} = post`. */
function nameOf(pattern: Expression | undefined): string | null {
  if (pattern?.kind === "variable") return pattern.name;
  return pattern?.kind === "match" ? (nameOf(pattern.pattern) ?? nameOf(pattern.value)) : null;
}

function insertAll(writing: Writing, finding: AuditedFinding, input: FixInput): Change | null {
  const { project, text, call, loop, statement, repository } = writing;
  const [row] = call.arguments;
  const schema = row?.kind === "map" && row.struct !== null && row.base === null ? project.schemas.get(row.struct) : undefined;
  if (row?.kind !== "map" || schema === undefined || !isWhole(row, schema) || loop.expression.kind !== "call") return null;
  const lambda = loop.expression.arguments.at(-1);
  const stamps = stampsOf(schema, row);
  if (lambda?.kind !== "lambda" || stamps === null) return null;
  if (stamps.fields.length > 0 && /\bnow\b/.test(writtenAt(text, writing.definition.span))) return null;
  const written = writtenAt(text, row.span);
  const name = /^%([^{]*)\{/.exec(written)?.[1] ?? "";
  const values = written.slice(name.length + 2, -1).trim();
  const fields = [...(values === "" ? [] : [values]), ...stamps.fields.map((field) => `${field}: now`)].join(", ");
  const mapping = replaced(writtenAt(text, lambda.span), lambda.span.start, call.span, `%{${fields}}`);
  const line = `\n${statement.indentation}|> `;
  const now = stamps.fields.length === 0 ? "" : `now = ${stamps.now}\n\n${statement.indentation}`;
  const source = writtenAt(text, loop.source?.span ?? row.span);
  const steps = [`Enum.map(${mapping})`, `Enum.chunk_every(${rowsAtOnce})`, `Enum.each(&${repository}.insert_all(${name}, &1))`];
  return editOf(finding, input, `Insert all rows of ${name} with insert_all`, [
    { span: statement.span, text: `${now}${[source, ...steps].join(line)}` },
  ]);
}

/** Every key is a column, and the database gets what the schema would have filled in. */
function isWhole(row: MapExpression, schema: Schema): boolean {
  const columns = new Set(schema.fields.filter(({ virtual }) => !virtual).map(({ name }) => name));
  const known = row.entries.every(({ key }) => key.kind === "literal" && columns.has(key.value));
  const filled = schema.fields.every(
    (field) => field.default === null || row.entries.some(({ key }) => key.kind === "literal" && key.value === field.name),
  );
  return known && filled && !hasEmbeds(schema);
}

interface Stamps {
  readonly fields: readonly string[];
  readonly now: string;
}

/** Timestamps that the struct would have got by itself; null when their type is not one of Ecto's four. */
function stampsOf(schema: Schema, row: MapExpression | null): Stamps | null {
  const given = new Set((row?.entries ?? []).flatMap(({ key }) => (key.kind === "literal" ? [key.value] : [])));
  const stamped = schema.fields.filter(({ name }) => /^(inserted|updated)_at$/.test(name) && !given.has(name));
  const types = [...new Set(stamped.map(({ type }) => type))];
  if (types.length > 1) return null;
  const now = types[0] === undefined ? "" : nowAs(types[0]);
  return now === null ? null : { fields: stamped.map(({ name }) => name), now };
}

function nowAs(type: string): string | null {
  const match = /^(naive|utc)_datetime(_usec)?$/.exec(type);
  if (match === null) return null;
  const module = match[1] === "naive" ? "NaiveDateTime" : "DateTime";
  return match[2] === undefined ? `${module}.truncate(${module}.utc_now(), :second)` : `${module}.utc_now()`;
}

function updateAll(writing: Writing, finding: AuditedFinding, input: FixInput): Change | null {
  const { text, call, element, repository } = writing;
  const change = call.arguments[0];
  const schema = schemaOfRows(writing, writing.element);
  if (change?.kind !== "call" || change.module !== "Ecto.Changeset" || change.function !== "change" || schema === null) return null;
  const [row, values] = change.arguments;
  if (row?.kind !== "variable" || row.name !== element || values === undefined) return null;
  const same = collect(values, "variable").every(({ name }) => name !== element);
  if (!same || values.kind !== "keyword" || collect(values, "call").length > 0) return null;
  const columns = new Set(schema.fields.filter(({ virtual }) => !virtual).map(({ name }) => name));
  const stamp = schema.fields.find(({ name }) => name === "updated_at");
  const now = stamp === undefined ? "" : nowAs(stamp.type);
  if (now === null || !values.entries.every(({ key }) => columns.has(key) && key !== "updated_at")) return null;
  const pairs = values.entries.map(({ key, value }) => `${key}: ${writtenAt(text, value.span)}`);
  const set = [...pairs, ...(now === "" ? [] : [`updated_at: ${now}`])].join(", ");
  return bulk(writing, schema, `${repository}.update_all(set: [${set}])`, "Update all rows with one update_all", finding, input);
}

function deleteAll(writing: Writing, finding: AuditedFinding, input: FixInput): Change | null {
  const { call, element, repository } = writing;
  const schema = schemaOfRows(writing, writing.element);
  const [row] = call.arguments;
  if (schema === null || row?.kind !== "variable" || row.name !== element || mayDeleteMore(schema)) return null;
  return bulk(writing, schema, `${repository}.delete_all()`, "Delete all rows with one delete_all", finding, input);
}

function bulk(writing: Writing, schema: Schema, write: string, title: string, finding: AuditedFinding, input: FixInput): Change | null {
  const { project, text, loop, statement } = writing;
  const imported = queryImport(project, finding.place.path, writing.call.span, text);
  if (imported === null || schema.primaryKey.join() !== "id") return null;
  const ids = `Enum.map(${writtenAt(text, loop.source?.span ?? loop.span)}, & &1.id)`;
  const answer = statement.isLast ? `\n${statement.indentation}:ok` : "";
  const edit: Edit = {
    span: statement.span,
    text: `from(row in ${schema.module}, where: row.id in ^${ids})\n${statement.indentation}|> ${write}${answer}`,
  };
  return editOf(finding, input, title, [...imported, edit]);
}

function replaced(text: string, offset: number, span: Call["span"], written: string): string {
  return text.slice(0, span.start - offset) + written + text.slice(span.end - offset);
}
