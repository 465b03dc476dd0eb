import { optionOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** Text becomes an atom only where one of that name exists: `to_existing_atom`, `keys: :atoms!`. */
export const refuseNewAtoms: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  // What is not known to come from a client may be a name the program makes up: no atom of it can exist.
  if (text === null || found === null || finding.slots["origin"] !== "request") return null;
  const { call } = found;
  const title = "Make no atoms that the program does not know";
  const keys = optionOf(call, "keys");
  if (keys !== null) return editOf(finding, input, title, [{ span: keys.span, text: ":atoms!" }]);
  const written = writtenAt(text, call.nameSpan);
  if (!/_atom$/.test(written)) return null;
  return editOf(finding, input, title, [{ span: call.nameSpan, text: written.replace(/_atom$/, "_existing_atom") }]);
};
