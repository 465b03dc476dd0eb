import type { Call, Expression } from "../../model/expression.js";
import { atomOf, booleanOf, elementsOf, moduleNameOf, optionOf, optionsOf, stringOf } from "../values.js";
import type { DraftRoute } from "./draft.js";
import { joinAlias, joinPath, targetModule, type RouterContext, type RouterScope } from "./scope.js";

type Action = readonly [name: string, verb: DraftRoute["verb"], path: (parameter: string) => string];

const collection: readonly Action[] = [
  ["index", "get", () => ""],
  ["new", "get", () => "/new"],
  ["create", "post", () => ""],
];
const member: readonly Action[] = [
  ["show", "get", (parameter) => parameter],
  ["edit", "get", (parameter) => `${parameter}/edit`],
  ["update", "put", (parameter) => parameter],
  ["update", "patch", (parameter) => parameter],
  ["delete", "delete", (parameter) => parameter],
];

/** The routes of `resources "/users", UserController, only: […]` and those nested in its block. */
export function readResources(
  call: Call,
  scope: RouterScope,
  context: RouterContext,
  nested: (scope: RouterScope) => DraftRoute[],
): DraftRoute[] {
  const path = stringOf(call.arguments[0]);
  const written = moduleNameOf(call.arguments[1]);
  if (path === null || written === null) return [];
  const options = optionsOf(call);
  const singleton = call.function === "resource" || booleanOf(optionOf(options, "singleton")) === true;
  const parameter = stringOf(optionOf(options, "param")) ?? atomOf(optionOf(options, "param")) ?? "id";
  const base = joinPath(scope.path, path);
  const module = targetModule(written, scope.alias, context);
  const actions = [...(singleton ? collection.slice(1) : collection), ...member].filter(chosen(options));
  const own = actions.map(([action, verb, suffix]): DraftRoute => {
    const written = { path: joinPath(base, suffix(singleton ? "" : `/:${parameter}`)), file: scope.file, span: call.span };
    const inherited = { pipelines: scope.pipelines, liveSession: null, unreadMacros: scope.unreadMacros };
    return { ...written, ...inherited, router: context.module, verb, module, action };
  });
  const name = atomOf(optionOf(options, "name")) ?? stringOf(optionOf(options, "name")) ?? resourceName(written);
  const inner = singleton ? base : joinPath(base, `/:${name}_${parameter}`);
  const alias = moduleNameOf(optionOf(options, "alias")) ?? "";
  return [...own, ...nested({ ...scope, path: inner, alias: joinAlias(scope.alias, alias) })];
}

function chosen(options: Expression | null): (action: Action) => boolean {
  const only = optionOf(options, "only");
  const except = elementsOf(optionOf(options, "except")).map(atomOf);
  const kept = only === null ? null : elementsOf(only).map(atomOf);
  return ([name]) => (kept === null || kept.includes(name)) && !except.includes(name);
}

/** `Admin.UserController` → `user`. */
function resourceName(controller: string): string {
  const last = controller.split(".").at(-1) ?? "";
  return last
    .replace(/Controller$/, "")
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
