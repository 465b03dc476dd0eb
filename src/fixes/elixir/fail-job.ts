import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";

/** `:error` and its like become `{:error, reason}`, which Oban tries again. */
export const failJob: ProposeChange = (finding, input) => {
  const text = input.analysis.textOf(finding.place.path);
  const { span } = finding.location;
  if (text === null || !/^(:error|:failed|false)$/.test(writtenAt(text, span))) return null;
  return editOf(finding, input, "Tell Oban that the job failed, so that it is tried again", [{ span, text: "{:error, :failed}" }]);
};
