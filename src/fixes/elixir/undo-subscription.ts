import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

const undoing: Readonly<Record<string, string>> = { subscribe: "unsubscribe", track: "untrack", monitor: "demonitor" };

/** A function that undoes and repeats what it should undo calls the other one. */
export const undoSubscription: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const other = undoing[found?.call.function ?? ""];
  if (text === null || found === null || other === undefined || finding.slots["fault"] !== "repeated" || found.call.arguments.length > 2)
    return null;
  const written = writtenAt(text, found.call.nameSpan);
  return editOf(finding, input, `Call \`${other}\` where the subscription ends`, [
    { span: found.call.nameSpan, text: written.replace(/\w+$/, other) },
  ]);
};
