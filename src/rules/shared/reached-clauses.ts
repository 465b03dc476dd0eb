import type { Call, Capture, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { FunctionId, Project } from "../../model/project.js";
import { effectsWithin, type EffectSite } from "../../project/effects-of.js";
import { stringOf } from "../../project/values.js";

/** Whether a clause that these arguments can reach has the effect: `render("small.json", …)` does not run the clause for `"full.json"`. */
export function happensIn(project: Project, site: EffectSite, expression: Call | Capture): boolean {
  if (site.callee === null || expression.kind === "capture") return true;
  const clauses = project.functions.get(site.callee)?.facts.clauses ?? [];
  if (clauses.length < 2) return true;
  const given = templateArguments(expression);
  const reachable = clauses.filter((clause) => mayMatch(clause, given));
  if (reachable.length === clauses.length) return true;
  return reachable.some((clause) => has(project, site.callee ?? "", clause, site));
}

function has(project: Project, id: FunctionId, clause: FunctionClause, site: EffectSite): boolean {
  return effectsWithin(project, id, clause.span).some((effect) => effect.effect === site.effect);
}

/** What a call gives its function; `render_many(posts, PostView, "post.json")` gives the template first. */
function templateArguments(call: Call): readonly Expression[] {
  if (!/^render_(many|one)$/.test(call.function)) return call.arguments;
  return call.arguments.filter((argument) => stringOf(argument) !== null).slice(0, 1);
}

/** Whether literal arguments leave a clause possible. */
export function mayMatch(clause: FunctionClause, given: readonly Expression[]): boolean {
  return clause.parameters.every((parameter, position) => {
    const argument = given[position];
    if (argument?.kind !== "literal" || parameter.kind !== "literal") return true;
    return argument.value === parameter.value;
  });
}
