import type { Call, Expression, Interpolation } from "../../model/expression.js";
import type { Database } from "../../model/project.js";
import type { ProposeChange } from "../define.js";
import type { Edit } from "../edit.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** Interpolated values inside quotes of an SQL string become `$1`, `$2` and a parameter list; only where each stands for text. */
export const parameteriseSql: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  if (text === null || found === null || !project.dependencies.has("postgrex")) return null;
  const statement = statementOf(found.call);
  if (statement === null) return null;
  const rewritten = rewrite(statement, text, project.database);
  const parameters = rewritten === null ? null : parameterEdit(found.call, statement, text, rewritten.parameters);
  if (rewritten === null || parameters === null) return null;
  const names = rewritten.parameters.length === 1 ? "the value" : "the values";
  return editOf(
    finding,
    input,
    `Pass ${names} of \`${calledName(found.call)}\` as ${rewritten.parameters.length === 1 ? "a parameter" : "parameters"}`,
    [{ span: statement.span, text: rewritten.sql }, parameters],
  );
};

/** The interpolated SQL string, when it is written in the call itself. */
function statementOf(call: Call): Interpolation | null {
  const argument = call.arguments.find((candidate) => candidate.kind === "interpolation");
  return argument?.kind === "interpolation" && argument.type === "string" && !call.piped ? argument : null;
}

interface Rewritten {
  readonly sql: string;
  readonly parameters: readonly string[];
}

function rewrite(statement: Interpolation, text: string, database: Database): Rewritten | null {
  const written = writtenAt(text, statement.span);
  if (!/^"(?!"")[\s\S]*"$/.test(written)) return null;
  const embedded = embeddedIn(statement, text);
  if (embedded === null) return null;
  const parameters: string[] = [];
  const masked = embedded.reduceRight(
    (current, { from, to }, index) => `${current.slice(0, from)}\u0001${index}\u0002${current.slice(to)}`,
    written,
  );
  let clear = true;
  const sql = masked.replace(/'([^']*\u0001\d+\u0002[^']*)'/g, (_whole, content: string, at: number) => {
    if (!takesText(masked.slice(0, at), database)) clear = false;
    parameters.push(
      parameterOf(
        content,
        embedded.map(({ code }) => code),
      ),
    );
    return `$${parameters.length}`;
  });
  return clear && parameters.length > 0 && !sql.includes("\u0001") && !/\$\d/.test(written) ? { sql, parameters } : null;
}

interface Embedded {
  readonly from: number;
  readonly to: number;
  readonly code: string;
}

/** `#{…}` of the string with offsets into its written form. */
function embeddedIn(statement: Interpolation, text: string): Embedded[] | null {
  const found: Embedded[] = [];
  for (const part of statement.parts) {
    if (part.kind === "literal") continue;
    const code = codeOf(part, text);
    const from = text.lastIndexOf("#{", part.span.start + 1);
    const to = text.indexOf("}", part.span.end - 1);
    if (code === null || from < statement.span.start || to === -1 || to >= statement.span.end) return null;
    found.push({ from: from - statement.span.start, to: to + 1 - statement.span.start, code });
  }
  return found;
}

/** Plain values only: what is computed in place may be more than a value. */
function codeOf(part: Expression, text: string): string | null {
  return part.kind === "variable" || part.kind === "access" ? writtenAt(text, part.span) : null;
}

function parameterOf(content: string, codes: readonly string[]): string {
  const whole = /^\u0001(\d+)\u0002$/.exec(content);
  const restored = content.replace(/\u0001(\d+)\u0002/g, (_whole, index: string) => `#{${codes[Number(index)]}}`);
  return whole === null ? `"${restored}"` : (codes[Number(whole[1])] ?? restored);
}

/** PostgreSQL types a parameter by what it is compared with: LIKE takes text, `=` whatever the column is. */
function takesText(before: string, database: Database): boolean {
  if (/\bi?like\s*$/i.test(before)) return true;
  const column = /"?(\w+)"?\s*(?:=|<>|!=)\s*$/.exec(before)?.[1];
  if (column === undefined) return false;
  const tables = [...database.tables.values()].filter((table) => new RegExp(`\\b${table.name}\\b`).test(before));
  const types = tables.flatMap((table) => table.columns.get(column)?.type ?? []);
  return types.length > 0 && types.every((type) => /^(?:string|text|citext|varchar|character varying)/.test(type));
}

function parameterEdit(call: Call, statement: Interpolation, text: string, parameters: readonly string[]): Edit | null {
  const list = `[${parameters.join(", ")}]`;
  const given = call.arguments[call.arguments.indexOf(statement) + 1];
  if (given === undefined) return { span: { start: statement.span.end, end: statement.span.end }, text: `, ${list}` };
  return given.kind === "list" && given.elements.length === 0 && writtenAt(text, given.span).startsWith("[")
    ? { span: given.span, text: list }
    : null;
}

function calledName(call: Call): string {
  return `${call.module === null ? "" : `${call.module.split(".").at(-1)}.`}${call.function}`;
}
