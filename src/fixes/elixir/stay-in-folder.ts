import type { Call } from "../../model/expression.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { stringOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** `Path.join("/srv", name)` takes the last part of a name from outside, so that it cannot leave the folder. */
export const stayInFolder: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  if (text === null || found === null) return null;
  const joins = collect(found.body, "call").filter(
    (call) => call.module === "Path" && call.function === "join" && call.arguments.length === 2 && contains(found.call.span, call.span),
  );
  const [join, ...others] = joins;
  const [folder, name] = join?.arguments ?? [];
  if (join === undefined || others.length > 0 || name?.kind !== "variable" || !isFixed(folder)) return null;
  return editOf(finding, input, `Take only the last part of \`${name.name}\`, so that no path leads out of the folder`, [
    { span: name.span, text: `Path.basename(${writtenAt(text, name.span)})` },
  ]);
};

/** A folder the program names itself. */
function isFixed(folder: Call["arguments"][number] | undefined): boolean {
  return (
    stringOf(folder) !== null ||
    folder?.kind === "attribute" ||
    (folder?.kind === "call" && /^(priv_dir|app_dir|get_env|fetch_env!)$/.test(folder.function))
  );
}
