import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** `Enum.random(characters)` picks by a byte of `:crypto.strong_rand_bytes`: the alphabet and the length stay. The list must be written there or be a name. */
export const randomSecret: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const [list] = found?.call.arguments ?? [];
  if (text === null || found === null || list === undefined || found.call.piped) return null;
  if (found.call.module !== "Enum" || found.call.function !== "random" || !/^(attribute|variable|literal)$/.test(list.kind)) return null;
  const named = collect(found.body, "match").filter(({ span }) => contains(span, list.span));
  const characters = writtenAt(text, list.span);
  if (named.length > 0 && list.kind === "literal") return null;
  return editOf(finding, input, "Draw the secret from the system's random bytes", [
    { span: found.call.segment, text: `Enum.at(${characters}, :crypto.rand_uniform(0, Enum.count(${characters})))` },
  ]);
};
