import type { Branch, Call, Expression, List } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Location, Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { callsWithin } from "../../project/callers-of.js";
import type { Definition } from "./definitions.js";

/** A clause that takes a list's head and calls itself with its tail: its body runs once per element. */
export interface ListRecursion {
  /** What the head binds. */
  readonly head: readonly Expression[];
  readonly list: List;
  readonly calls: readonly Call[];
  /** It goes on whatever the body finds: no branch ends it early. */
  readonly unconditional: boolean;
  readonly at: Location;
}

/** Null when a clause is none. */
export function listRecursion(definition: Definition, project: Project): ListRecursion | null {
  const { name } = definition.function.facts;
  if (!outlineOfClause(definition.clause).calls.some((call) => call.function === name)) return null;
  const list = definition.clause.parameters.map(consIn).find((found) => found !== null) ?? null;
  const tail = list?.tail ?? null;
  if (list === null || tail?.kind !== "variable") return null;
  const sites = callsWithin(project, definition.id, definition.body.span).filter(({ callee }) => callee === definition.id);
  const calls = collect(definition.body, "call").filter(
    (call) =>
      sites.some(({ span }) => span.start === call.segment.start && span.end === call.segment.end) &&
      call.arguments.some((argument) => argument.kind === "variable" && argument.name === tail.name),
  );
  const [first] = calls;
  if (first === undefined) return null;
  return {
    ...{ head: list.elements, list, calls, at: { path: definition.function.path, span: first.segment } },
    unconditional: collect(definition.body, "branch").every((branch) => goesOn(branch, calls)),
  };
}

function consIn(parameter: Expression): List | null {
  if (parameter.kind === "list") return parameter.tail === null ? null : parameter;
  return parameter.kind === "match" ? (consIn(parameter.pattern) ?? consIn(parameter.value)) : null;
}

/** A branch without the call does not end the recursion; one with it must have it in every clause. */
function goesOn(branch: Branch, calls: readonly Call[]): boolean {
  const holding = branch.clauses.filter((clause) => calls.some((call) => contains(clause.span, call.segment)));
  return holding.length === 0 || (holding.length === branch.clauses.length && (branch.form !== "if" || branch.clauses.length > 1));
}
