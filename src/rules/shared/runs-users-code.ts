import { perProject } from "./per-project.js";
import { servingDefinitionsCalling, type Callee } from "./calling.js";

/** Whether the application runs code that its users write, as a notebook does: what they can only send as text adds nothing to that. */
export const runsUsersCode = perProject((project): boolean =>
  [...project.files.values()].some((facts) => servingDefinitionsCalling(facts, project, evaluates).length > 0),
);

function evaluates({ module, function: name }: Callee): boolean {
  return module === "Code" ? /^eval_(quoted|string)/.test(name) : module === ":erl_eval" && name.startsWith("expr");
}
