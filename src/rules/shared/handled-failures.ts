import type { Branch, Call, Expression } from "../../model/expression.js";
import type { FunctionId, Project } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { outlineOfClause } from "../../model/outline.js";
import { fits } from "../../project/outcomes/fits.js";
import { any, error } from "../../project/outcomes/shapes.js";
import type { Definition } from "./definitions.js";

/** Another function of the same module that handles the `{:error, …}` of the same call with a clause of its own; null when none does. */
export function handledElsewhere(call: Call, definition: Definition, project: Project): FunctionId | null {
  const module = project.modules.get(definition.function.module);
  for (const entry of module?.facts.functions ?? []) {
    const id = `${definition.function.module}.${entry.name}/${String(entry.arity)}`;
    if (id === definition.id) continue;
    const handles = entry.clauses.some((clause) => {
      const calls = outlineOfClause(clause).calls.some(
        ({ module: owner, function: name }) => owner === call.module && name === call.function,
      );
      return calls && clause.body !== null && collect(clause.body, "branch").some((branch) => handlesError(branch, call));
    });
    if (handles) return id;
  }
  return null;
}

const failure = error(any);

/** A `case` on the same call with a clause for its error, or a `with` step of it. */
function handlesError(branch: Branch, call: Call): boolean {
  if (branch.form === "with") return branch.steps.some(({ value, binds }) => binds && isSame(value, call));
  if (branch.form !== "case" || branch.subject === null || !isSame(branch.subject, call)) return false;
  return branch.clauses.some(
    ({ patterns: [pattern] }) => pattern !== undefined && pattern.kind === "tuple" && fits(pattern, failure) !== "never",
  );
}

function isSame(value: Expression, call: Call): boolean {
  return (
    value.kind === "call" &&
    value.module === call.module &&
    value.function === call.function &&
    value.arguments.length === call.arguments.length
  );
}
