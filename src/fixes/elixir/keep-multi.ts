import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";
import { lineLength } from "../pipeline.js";

/** `Multi.delete_all(multi, …)` whose result is dropped is bound to the name it extends. */
export const keepMulti: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const [multi] = found?.call.arguments ?? [];
  if (text === null || found === null || finding.slots["fate"] !== "dropped" || multi?.kind !== "variable") return null;
  const { start } = found.call.span;
  const column = start - text.lastIndexOf("\n", start - 1) - 1;
  const written = writtenAt(text, found.call.span);
  if (written.includes("\n") || column + written.length + multi.name.length + 3 > lineLength) return null;
  return editOf(finding, input, `Keep the step in \`${multi.name}\``, [{ span: { start, end: start }, text: `${multi.name} = ` }]);
};
