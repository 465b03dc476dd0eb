import { atomOf, optionsOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt } from "../find-code.js";

/** Milliseconds: four times what a database call may take by default. */
const longest = "60_000";

/** `timeout: :infinity` of a call that a request waits for gets an end. */
export const boundWait: ProposeChange = (finding, input) => {
  const found = callAt(input.analysis.project, finding.place.path, finding.location.span);
  const endless = (found === null ? [] : (optionsOf(found.call)?.entries ?? [])).filter(({ value }) => atomOf(value) === "infinity");
  const last = found?.call.arguments.at(-1);
  const spans =
    endless.length > 0 ? endless.map(({ value }) => value.span) : last !== undefined && atomOf(last) === "infinity" ? [last.span] : [];
  if (spans.length === 0) return null;
  return editOf(
    finding,
    input,
    "Let the call end after a minute",
    spans.map((span) => ({ span, text: longest })),
  );
};
