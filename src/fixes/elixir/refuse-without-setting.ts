import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { stringOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";

/** `System.get_env("SECRET", "")` of a setting read at start becomes `fetch_env!`: a program without its secret does not start. */
export const refuseWithoutSetting: ProposeChange = (finding, input) => {
  const { project } = input.analysis;
  const { path } = finding.place;
  const entry = project.configuration.find((candidate) => candidate.path === path && contains(candidate.span, finding.location.span));
  const call =
    entry &&
    collect(entry.value, "call").find(
      ({ module, function: name, span }) => module === "System" && name === "get_env" && contains(finding.location.span, span),
    );
  const name = stringOf(call?.arguments[0]);
  if (call === undefined || name === null || !/(^|\/)(runtime|releases)\.exs$/.test(path)) return null;
  return editOf(finding, input, `Refuse to start without \`${name}\``, [{ span: call.span, text: `System.fetch_env!("${name}")` }]);
};
