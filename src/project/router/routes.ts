import type { Call, Expression } from "../../model/expression.js";
import type { Plug, Route } from "../../model/project.js";
import { atomOf, bodyOf, elementsOf, moduleNameOf, optionOf, optionsOf, statementsOf, stringOf } from "../values.js";
import type { DraftRoute } from "./draft.js";
import { readPlug } from "./plugs.js";
import { readResources } from "./resources.js";
import { joinAlias, joinPath, targetModule, type RouterContext, type RouterScope } from "./scope.js";

const verbs = ["get", "post", "put", "patch", "delete", "head", "options"] as const;
/** Macros that change nothing about who may reach a route. */
const harmless = new Set([
  "import",
  "alias",
  "require",
  "use",
  "plug",
  "def",
  "defp",
  "defmacro",
  "defmacrop",
  "if",
  "unless",
  "unquote",
  "socket",
]);

/** The routes of a router's lines, in order. What `pipe_through` adds, by itself or inside a macro, holds for the lines below it in the same scope. */
export function routesOf(statements: readonly Expression[], outer: RouterScope, context: RouterContext): DraftRoute[] {
  let pipelines = outer.pipelines;
  return expanded(statements, outer.file, context).flatMap(({ statement, file }) => {
    const scope = { ...outer, file, pipelines };
    if (statement.kind === "branch") return statement.clauses.flatMap((clause) => routesOf(statementsOf(clause.body), scope, context));
    if (statement.kind === "block") return routesOf(statement.expressions, scope, context);
    if (statement.kind === "loop") return routesOf(statementsOf(statement.body), scope, context);
    if (statement.kind !== "call") return [];
    if (statement.function !== "pipe_through") return routesOfCall(statement, scope, context);
    const names = elementsOf(statement.arguments[0]).flatMap((element) => atomOf(element) ?? moduleNameOf(element) ?? []);
    pipelines = [...pipelines, ...names];
    return [];
  });
}

/** How deep macros that expand to macros are followed. */
const deepest = 8;

/** Lines with calls of the project's macros replaced by what they stand for, each with the file it was written in. */
function expanded(
  statements: readonly Expression[],
  file: string,
  context: RouterContext,
  depth = 0,
): { readonly statement: Expression; readonly file: string }[] {
  return statements.flatMap((statement) => {
    const expansion = statement.kind === "call" && depth < deepest ? context.expandMacro(statement) : null;
    return expansion === null ? [{ statement, file }] : expanded(expansion.statements, expansion.path, context, depth + 1);
  });
}

function routesOfCall(call: Call, scope: RouterScope, context: RouterContext): DraftRoute[] {
  const inner = statementsOf(bodyOf(call));
  switch (call.function) {
    case "pipeline":
      definePipeline(call, scope, context);
      return [];
    case "scope":
      return routesOf(inner, scopeInside(call, scope), context);
    case "live_session":
      return routesOf(inner, { ...scope, liveSession: readLiveSession(call, context) }, context);
    case "resources":
    case "resource":
      return readResources(call, scope, context, (nested) => routesOf(inner, nested, context));
    case "match":
      return one(call, "match", call.arguments.slice(1), scope, context);
    case "live":
    case "forward":
      return one(call, call.function, call.arguments, scope, context);
    default: {
      const verb = verbs.find((candidate) => candidate === call.function);
      return verb === undefined ? macroRoutes(call, scope, context) : one(call, verb, call.arguments, scope, context);
    }
  }
}

function definePipeline(call: Call, scope: RouterScope, context: RouterContext): void {
  const name = atomOf(call.arguments[0]);
  if (name === null) return;
  const plugs = plugsIn(statementsOf(bodyOf(call)), scope, context);
  context.pipelines.set(name, [...(context.pipelines.get(name) ?? []), ...plugs]);
}

/** A pipeline's plugs; a macro that can't be read stands as a plug of its own name, because it may be one. */
function plugsIn(statements: readonly Expression[], scope: RouterScope, context: RouterContext): Plug[] {
  return statements.flatMap((statement): Plug[] => {
    if (statement.kind === "branch") return statement.clauses.flatMap((clause) => plugsIn(statementsOf(clause.body), scope, context));
    if (statement.kind !== "call") return [];
    const read = readPlug(statement, scope.file, context.expand);
    if (read !== null) return [read.plug];
    const expanded = context.expandMacro(statement);
    if (expanded !== null) return plugsIn(expanded.statements, { ...scope, file: expanded.path }, context);
    return [{ path: scope.file, span: statement.span, name: statement.function, options: statement.arguments[0] ?? null }];
  });
}

function scopeInside(call: Call, scope: RouterScope): RouterScope {
  const options = optionsOf(call);
  const path = stringOf(call.arguments[0]) ?? stringOf(optionOf(options, "path")) ?? "";
  const positional = moduleNameOf(call.arguments[1]) ?? moduleNameOf(call.arguments[0]);
  const named = optionOf(options, "alias");
  const alias = positional ?? moduleNameOf(named) ?? "";
  const cut = named?.kind === "literal" && named.type === "boolean";
  return { ...scope, path: joinPath(scope.path, path), alias: cut ? "" : joinAlias(scope.alias, alias) };
}

function readLiveSession(call: Call, context: RouterContext): Route["liveSession"] {
  const hooks = elementsOf(optionOf(call, "on_mount")).flatMap((element) => {
    const [module, name] = element.kind === "tuple" ? element.elements : [element];
    const text = moduleNameOf(module);
    if (text === null) return [];
    const hook = atomOf(name);
    return [hook === null ? context.expand(text) : `${context.expand(text)}.${hook}`];
  });
  return { name: atomOf(call.arguments[0]) ?? "default", onMount: hooks };
}

/** A single route: path, module and action in that order. A route of Plug.Router with a block leads to the router itself. */
function one(call: Call, verb: Route["verb"], given: readonly Expression[], scope: RouterScope, context: RouterContext): DraftRoute[] {
  const path = writtenPath(given[0]);
  if (path === null) return [];
  const to = moduleNameOf(given[1]) ?? moduleNameOf(optionOf(call, "to"));
  const aliased = booleanAlias(call) ? "" : scope.alias;
  return [
    {
      path: joinPath(scope.path, path),
      file: scope.file,
      span: call.span,
      router: context.module,
      verb,
      module: to === null ? context.module : targetModule(to, aliased, context),
      action: verb === "forward" ? null : atomOf(given[2]),
      pipelines: scope.pipelines,
      liveSession: verb === "live" ? scope.liveSession : null,
      unreadMacros: scope.unreadMacros,
    },
  ];
}

/** A path's text; what is put into it with `#{}` stands as a parameter. */
function writtenPath(written: Expression | undefined): string | null {
  if (written?.kind !== "interpolation") return stringOf(written);
  return written.parts.map((part) => stringOf(part) ?? ":unknown").join("");
}

function booleanAlias(call: Call): boolean {
  const alias = optionOf(call, "alias");
  return alias?.kind === "literal" && alias.type === "boolean" && alias.value === "false";
}

/** A macro that can't be read may have guarded the routes in its block in its own way. */
function macroRoutes(call: Call, scope: RouterScope, context: RouterContext): DraftRoute[] {
  const block = bodyOf(call);
  if (block === null || harmless.has(call.function) || call.function.startsWith("@")) return [];
  return routesOf(statementsOf(block), { ...scope, unreadMacros: [...scope.unreadMacros, call.function] }, context);
}
