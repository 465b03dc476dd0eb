import type { Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { Association, Project, ProjectFunction, Route } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { reachOf } from "../../project/reach-of.js";
import { underscore } from "../../project/underscore.js";
import { atomOf } from "../../project/values.js";
import { namesRequester } from "./permission.js";
import { perProject } from "./per-project.js";

/** Whether what a record belongs to is what the request was let in by: a plug read or authorised it, GraphQL came from it, the page was opened with it. */
export function isJudgedBy(association: Association, clause: FunctionClause, entry: ProjectFunction, project: Project): boolean {
  const { cardinality, foreignKey, schema } = association;
  if (cardinality !== "belongs_to" || foreignKey === null) return false;
  const role = project.modules.get(entry.module)?.role;
  if (role === "resolver") return entry.facts.arity === 3 && isNamedAfter(clause.parameters[0], association);
  if (role === "live_view") return opensWith(association, entry.module, project);
  const routes = routesByModule(project).get(entry.module) ?? [];
  const own = routes.filter(({ action, plugs }) => action === entry.facts.name || plugs.some(({ name }) => name === entry.facts.name));
  return own.some((route) => guardedBy(route, foreignKey, schema, entry, project));
}

const routesByModule = perProject((project) => {
  const byModule = new Map<string, Route[]>();
  for (const route of project.routes) byModule.set(route.module, [...(byModule.get(route.module) ?? []), route]);
  return byModule;
});

function guardedBy(route: Route, key: string, parent: string | null, entry: ProjectFunction, project: Project): boolean {
  const inPath = route.path.split("/").includes(`:${key}`);
  return route.plugs.some(({ name, options }) => {
    const authorises = /authori[sz]e/.test(name) && options !== null && collect(options, "module").some((model) => model.name === parent);
    return authorises || (inPath && name !== entry.facts.name && readsKey(name, route, key, project));
  });
}

/** A plug of the router, the controller or a module of its own that reads the parameter. */
function readsKey(plug: string, route: Route, key: string, project: Project): boolean {
  const ids = plug.includes(".") ? [`${plug}.call/2`] : [route.router, route.module].map((owner) => `${owner}.${plug}/2`);
  return ids
    .filter((id) => project.functions.has(id))
    .flatMap((id) => codeWithin(id, project))
    .some((code) => collect(code, "literal").some(({ value }) => value === key));
}

function isNamedAfter(parameter: Expression | undefined, { name, schema }: Association): boolean {
  if (parameter?.kind !== "variable") return false;
  const given = parameter.name.replace(/^_/, "");
  return given === name || given === underscore((schema ?? "").split(".").at(-1) ?? "");
}

/** A LiveView that assigns the parent when it is opened, and looks at who is asking there. */
function opensWith({ name }: Association, module: string, project: Project): boolean {
  return ["mount/3", "handle_params/3"].some((callback) => {
    const code = codeWithin(`${module}.${callback}`, project);
    const assigns = code.some((part) =>
      collect(part, "call").some((call) => call.function === "assign" && assignsName(call.arguments, name)),
    );
    return assigns && code.some(namesRequester);
  });
}

function assignsName(given: readonly Expression[], name: string): boolean {
  return given.some(
    (argument) => atomOf(argument) === name || (argument.kind === "keyword" && argument.entries.some(({ key }) => key === name)),
  );
}

/** The code of a function and of what it calls. */
function codeWithin(id: string, project: Project): Expression[] {
  const clauses = reachOf(id, project, 1).flatMap((reached) => project.functions.get(reached)?.facts.clauses ?? []);
  return clauses.flatMap(({ parameters, body }) => [...parameters, ...(body === null ? [] : [body])]);
}
