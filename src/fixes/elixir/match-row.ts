import type { Call, Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { walk } from "../../model/walk.js";
import { repositoryCall } from "../../project/repository-call.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";
import { bodyAround } from "../pipeline.js";

/** `{:ok, order} <- Repo.get(Order, id)` matches the row that a lookup gives: `%Order{} = order`. */
export const matchRow: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { start } = finding.location.span;
  const body = bodyAround(project.files.get(finding.place.path), finding.location.span);
  const found = body === null ? null : pairAt(body, start);
  if (text === null || found === null) return null;
  const [pattern, value] = found;
  const row = pattern.kind === "tuple" && pattern.elements.length === 2 ? pattern.elements[1] : undefined;
  if (row?.kind !== "variable" || value.kind !== "call") return null;
  const schema = lookedUp(value, project);
  if (schema === null) return null;
  return editOf(finding, input, `Match the row that \`${value.function}\` gives`, [
    { span: pattern.span, text: `%${writtenAt(text, schema)}{} = ${row.name}` },
  ]);
};

/** The step or match whose pattern begins at a place. */
function pairAt(body: Expression, start: number): [Expression, Expression] | null {
  let found: [Expression, Expression] | null = null;
  walk(body, (part) => {
    if (part.kind === "match" && part.pattern.span.start === start) found = [part.pattern, part.value];
    if (part.kind === "branch") for (const { pattern, value } of part.steps) if (pattern?.span.start === start) found = [pattern, value];
  });
  return found;
}

/** Where the schema of `Repo.get(Schema, …)` is written. */
function lookedUp(call: Call, project: Project): Expression["span"] | null {
  const [schema] = call.arguments;
  if (!/^(get|get_by)$/.test(call.function) || repositoryCall(project, call) === null) return null;
  return schema?.kind === "module" && !call.piped ? schema.span : null;
}
