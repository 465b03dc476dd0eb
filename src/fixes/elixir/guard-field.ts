import type { Call } from "../../model/expression.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { moduleNameOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { indentationAt, writtenAt } from "../find-code.js";

/** The middleware its neighbours have, before a field's `resolve`, written as they write it. */
export const guardField: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const calls = (project.files.get(finding.place.path)?.modules ?? []).flatMap(({ body }) => body.flatMap((call) => collect(call, "call")));
  const field = calls.find((call) => call.function === "field" && call.span.start === finding.location.span.start);
  const resolve =
    field === undefined || field.block === null ? undefined : collect(field.block, "call").find((call) => call.function === "resolve");
  const peer = calls.find((call) => isMiddleware(call, finding.slots["guard"]) && !contains(call.span, finding.location.span));
  if (text === null || field === undefined || resolve === undefined || peer === undefined) return null;
  const { start } = resolve.span;
  if (text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trim() !== "") return null;
  return editOf(finding, input, `Ask who calls \`${String(finding.slots["field"])}\`, as its neighbours do`, [
    { span: { start, end: start }, text: `${writtenAt(text, peer.span)}\n${indentationAt(text, start)}` },
  ]);
};

function isMiddleware(call: Call, guard: unknown): boolean {
  const module = moduleNameOf(call.arguments[0]);
  return call.function === "middleware" && typeof guard === "string" && (module === guard || module?.endsWith(`.${guard}`) === true);
}
