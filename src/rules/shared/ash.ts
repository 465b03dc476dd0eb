import type { Call, Expression } from "../../model/expression.js";
import type { Project, ProjectModule } from "../../model/project.js";
import { bodyOf, elementsOf, moduleNameOf, optionOf, statementsOf } from "../../project/values.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";

/** Modules of the project that are Ash resources, whoever uses `Ash.Resource` for them. */
export const ashResources = perProject((project): readonly ProjectModule[] =>
  [...project.modules.values()].filter(({ uses, path }) => uses.has("Ash.Resource") && isProduction(path)),
);

/** The options a module itself gives to `use Ash.Resource`; null when it uses a module of the project that does. */
export function resourceOptions(module: ProjectModule): { readonly options: Expression | null } | null {
  const use = module.facts.uses.find((reference) => reference.module === "Ash.Resource");
  return use === undefined ? null : { options: use.options };
}

/** Whether the resource itself names an authorizer. */
export function hasAuthorizer(module: ProjectModule): boolean {
  const options = resourceOptions(module)?.options ?? null;
  const named = optionOf(options, "authorizers") ?? optionOf(options, "authorizer");
  return named !== null && [named, ...elementsOf(named)].some((element) => moduleNameOf(element) !== null);
}

/** Calls written in a section of the resource: `sectionOf(module, "policies")`. */
export function sectionOf(module: ProjectModule, name: string): readonly Call[] {
  return module.facts.body.filter((call) => call.function === name).flatMap((call) => callsIn(call));
}

/** Calls written in the block of one. */
export function callsIn(call: Call): readonly Call[] {
  return statementsOf(bodyOf(call)).flatMap((statement) => (statement.kind === "call" ? [statement] : []));
}

/** Whether anything of the project is an Ash resource. */
export function usesAsh(project: Project): boolean {
  return ashResources(project).length > 0;
}
