import type { Expression } from "../../model/expression.js";
import { contains } from "../../model/span.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** Values in markup that is given out as HTML are escaped where they are put in; only names and fields. `to_string` is what the markup did with them. */
export const escapeHtml: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const markup = found?.call.arguments.find(
    (argument) => argument.kind === "interpolation" && contains(finding.location.span, argument.span),
  );
  const hasPlug = ["plug", "phoenix"].some((name) => project.dependencies.has(name));
  if (text === null || markup?.kind !== "interpolation" || !hasPlug) return null;
  const values = markup.parts.filter((part) => part.kind !== "literal");
  if (values.length === 0 || !values.every(isPlain)) return null;
  return editOf(
    finding,
    input,
    "Escape what is put into the markup",
    values.map(({ span }) => ({ span, text: `Plug.HTML.html_escape(to_string(${writtenAt(text, span)}))` })),
  );
};

function isPlain(value: Expression): boolean {
  return value.kind === "variable" || (value.kind === "access" && value.subject.kind === "variable");
}
