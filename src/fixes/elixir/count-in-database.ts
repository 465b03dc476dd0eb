import type { Call } from "../../model/expression.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** `length(Repo.all(query))` becomes `Repo.aggregate(query, :count)`; only where the load is written in the call and takes the query alone. */
export const countInDatabase: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const load = found?.call.arguments[0];
  if (text === null || found === null || load?.kind !== "call" || !counts(found.call) || load.function !== "all") return null;
  const [query, ...options] = load.arguments;
  if (query === undefined || options.length > 0 || load.piped !== found.call.piped) return null;
  const repository = writtenAt(text, load.nameSpan).replace(/\.all$/, "");
  const title = "Ask the database for the number";
  if (load.piped)
    return editOf(finding, input, title, [
      { span: { start: load.segment.start, end: found.call.segment.end }, text: `${repository}.aggregate(:count)` },
    ]);
  const asked = writtenAt(text, query.span).replace(/^from\s+(?!\()([\s\S]*)$/, "from($1)");
  return editOf(finding, input, title, [{ span: found.call.span, text: `${repository}.aggregate(${asked}, :count)` }]);
};

function counts(call: Call): boolean {
  return call.arguments.length === 1 && (call.function === "length" || (call.module === "Enum" && call.function === "count"));
}
