import { stringOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";
import { callIn } from "../pipeline.js";

/** `execute` in `change` gets the statement that takes it back, where one sentence of SQL tells which that is. */
export const sayWayBack: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callIn(project.files.get(finding.place.path), finding.location.span);
  const [statement, ...others] = found?.call.arguments ?? [];
  if (text === null || found?.call.function !== "execute" || statement === undefined || others.length > 0) return null;
  const sql = stringOf(statement);
  const back = sql === null ? null : reverse(sql);
  if (back === null || writtenAt(text, statement.span).includes("\n")) return null;
  return editOf(finding, input, `Say how it is taken back: \`${back.replaceAll("\\", "")}\``, [
    { span: { start: statement.span.end, end: statement.span.end }, text: `, "${back}"` },
  ]);
};

const ways: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^create extension (?:if not exists )?"?([\w-]+)"?;?$/i, (found) => `DROP EXTENSION ${quoted(found[1])}`],
  [/^create schema (?:if not exists )?(\w+);?$/i, (found) => `DROP SCHEMA ${found[1] ?? ""}`],
  [/^create type (\w+) as enum ?\([^;]*\);?$/i, (found) => `DROP TYPE ${found[1] ?? ""}`],
  [/^alter table (\w+) rename to (\w+);?$/i, (found) => `ALTER TABLE ${found[2] ?? ""} RENAME TO ${found[1] ?? ""}`],
];

function reverse(sql: string): string | null {
  const line = sql.trim().replace(/\s+/g, " ");
  for (const [pattern, back] of ways) {
    const found = pattern.exec(line);
    if (found !== null) return back(found);
  }
  return null;
}

function quoted(name: string | undefined): string {
  return name?.includes("-") === true ? `\\"${name}\\"` : (name ?? "");
}
