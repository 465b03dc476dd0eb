import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** `binary_to_term` refuses functions and new atoms: by `Plug.Crypto` where the project has it, by `[:safe]` where not. */
export const decodeSafely: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const [value, ...options] = found?.call.arguments ?? [];
  if (text === null || found === null || value === undefined || options.length > 0) return null;
  const { call } = found;
  const hasPlug = ["plug_crypto", "plug", "phoenix"].some((name) => project.dependencies.has(name));
  const name = hasPlug ? "Plug.Crypto.non_executable_binary_to_term" : ":erlang.binary_to_term";
  const given = call.piped ? "" : `${writtenAt(text, value.span)}, `;
  return editOf(finding, input, "Refuse functions and unknown atoms among decoded terms", [
    { span: call.segment, text: `${name}(${given}[:safe])` },
  ]);
};
