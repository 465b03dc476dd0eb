import type { Expression, MapExpression } from "../../model/expression.js";
import { collect } from "../../model/walk.js";
import { atomOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";

/** A job's arguments are matched and read by strings, which is what they are stored with. */
export const readStringKeys: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { start, end } = finding.location.span;
  const clauses = (project.files.get(finding.place.path)?.modules ?? []).flatMap(({ functions }) =>
    functions.flatMap((entry) => entry.clauses),
  );
  const clause = clauses.find(({ span }) => span.start <= start && end <= span.end);
  if (text === null || clause === undefined) return null;
  const parts: Expression[] = [...clause.parameters, ...(clause.body === null ? [] : [clause.body])];
  const title = "Find the job's arguments under strings";
  const map = parts.flatMap((part) => collect(part, "map")).find(({ span }) => span.start === start && span.end === end);
  if (map !== undefined) return editOf(finding, input, title, [{ span: map.span, text: withStrings(map, text) }]);
  const reads = parts
    .flatMap((part) => collect(part, "access"))
    .filter(({ subject, span }) => span.start === start && span.end === end && subject.kind === "variable");
  const held = reads[0]?.subject;
  if (held?.kind !== "variable") return null;
  const all = parts
    .flatMap((part) => collect(part, "access"))
    .filter(({ subject }) => subject.kind === "variable" && subject.name === held.name);
  return editOf(
    finding,
    input,
    title,
    all.map(({ field, key, subject, span }) => ({ span, text: `${writtenAt(text, subject.span)}["${field ?? atomOf(key) ?? ""}"]` })),
  );
};

function withStrings({ entries }: MapExpression, text: string): string {
  const pairs = entries.map(({ key, value }) => {
    const name = atomOf(key);
    return `${name === null ? writtenAt(text, key.span) : `"${name}"`} => ${writtenAt(text, value.span)}`;
  });
  return `%{${pairs.join(", ")}}`;
}
