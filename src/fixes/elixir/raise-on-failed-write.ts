import { collect } from "../../model/walk.js";
import { repositoryCall } from "../../project/repository-call.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt } from "../find-code.js";

const withBang = new Set(["insert", "update", "delete", "insert_or_update"]);

/** A repository write whose result nobody reads becomes its raising variant, so that a failure is seen where it happens. */
export const raiseOnFailedWrite: ProposeChange = (finding, input) => {
  const { project } = input.analysis;
  const found = callAt(project, finding.place.path, finding.location.span);
  if (found === null || finding.slots["transaction"] === "yes") return null;
  const { call } = found;
  if (!withBang.has(call.function) || repositoryCall(project, call)?.operation !== "write") return null;
  // Raising between two writes would leave the first one alone.
  if (collect(found.body, "call").some((other) => other !== call && repositoryCall(project, other)?.operation === "write")) return null;
  const at = call.nameSpan.end;
  return editOf(finding, input, `Let a failed \`${call.function}\` raise instead of being dropped`, [
    { span: { start: at, end: at }, text: "!" },
  ]);
};
