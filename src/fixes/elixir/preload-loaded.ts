import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { repositoryCall } from "../../project/repository-call.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";
import { bodyAround, lineLength } from "../pipeline.js";

/** `post = Repo.get!(Post, id)` loads the association that is read of it. Only a lookup that raises when there is none: `nil` has nothing to load. */
export const preloadLoaded: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { row, association } = finding.slots;
  const body = bodyAround(project.files.get(finding.place.path), finding.location.span);
  if (text === null || body === null || typeof association !== "string") return null;
  const bound = collect(body, "match").filter(({ pattern }) => pattern.kind === "variable" && pattern.name === row);
  const [match, ...others] = bound;
  if (match === undefined || others.length > 0 || contains(match.span, finding.location.span)) return null;
  const { value } = match;
  if (value.kind !== "call" || !/^(get|get_by|one)!$/.test(value.function) || repositoryCall(project, value)?.operation !== "read")
    return null;
  const repository = writtenAt(text, value.nameSpan).replace(/\.\w+!$/, "");
  const written = writtenAt(text, match.span);
  const step = ` |> ${repository}.preload(:${association})`;
  const column = match.span.start - text.lastIndexOf("\n", match.span.start - 1) - 1;
  if (written.includes("\n") || column + written.length + step.length > lineLength) return null;
  return editOf(finding, input, `Load \`${association}\` with \`${String(row)}\``, [
    { span: { start: value.span.end, end: value.span.end }, text: step },
  ]);
};
