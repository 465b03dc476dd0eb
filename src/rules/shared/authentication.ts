import type { Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { FunctionId, Plug, Project, ProjectModule, Route } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import { reachOf } from "../../project/reach-of.js";
import { moduleNameOf } from "../../project/values.js";
import { perProject } from "./per-project.js";

const identity =
  /user|auth|token|session|api_?key|account|admin|secret|signature|login|permission|credential|current_|subject|policy|scope|member|tenant/i;
const guardName =
  /authenticat|authoriz|basic_?auth|permission|polic(y|ies)|((require|ensure|check|verify|restrict|must|only|need|enforce|validate)\w*(auth|user|log_?in|logged|signed|sign_?in|token|admin|session|account|member|owner|role|access|api_?key|secret|signature|client|scope|subscription))/i;
/** These look for an identity and let everyone through. */
const letsThrough =
  /^(Guardian\.Plug\.(Verify|Load)|Pow\.Plug\.Session|:?fetch_|fetch_|load_|assign_|put_|protect_from_forgery|Plug\.|Corsica|CORSPlug|Phoenix\.)/;
/** The opposite: for those who are logged in already. */
const turnsMembersAway = /redirect_(if|current)|if_.*authenticated|(require|ensure)_(no|not|guest|anonymous|unauth)|(Not|Un)Authenticated/i;
const refusing = /^(halt|send_resp|raise|redirect)$/;

/** What guards a route, by name: the first plug or hook on its way that turns strangers away; null when nothing does. */
export function guardOf(route: Route, project: Project): string | null {
  const plug = route.plugs.find((candidate) => isGuard(candidate, route, project));
  if (plug !== undefined) return plug.name.includes(".") ? plug.name : `:${plug.name}`;
  if (route.verb !== "live") return null;
  const hooks = [...(route.liveSession?.onMount ?? []), ...ownHooks(route.module, project)];
  return hooks.find((hook) => refuses(hook, project)) ?? null;
}

/** Whether a guard says by its name that it is about who is asking: only such a one is worth recommending. */
export function isNamedGuard(guard: string): boolean {
  return guardName.test(guard) || identity.test(guard.split(".").at(-1) ?? guard);
}

function isGuard(plug: Plug, route: Route, project: Project): boolean {
  if (/^(Plug\.BasicAuth|basic_auth)$/.test(plug.name)) return true;
  if (turnsMembersAway.test(plug.name)) return false;
  const bodies = codeOfPlug(plug, route, project);
  if (bodies.length === 0) return guardName.test(plug.name.replace(/^.*Web\./, "")) && !letsThrough.test(plug.name);
  return bodies.some((id) => turnsAway(id, project)) || guardsByOwnPlugs(plug.name, route, project, new Set());
}

/** The functions a plug runs: `call/2` of a module, or the router's, controller's or an imported function. */
function codeOfPlug(plug: Plug, route: Route, project: Project): FunctionId[] {
  if (/^[A-Z]/.test(plug.name)) return [`${plug.name}.call/2`].filter((id) => project.functions.has(id) || project.modules.has(plug.name));
  const owners = [route.router, route.module].flatMap((name) => {
    const module = project.modules.get(name);
    return module === undefined ? [] : [name, ...module.imports, ...module.uses];
  });
  return owners.map((owner) => `${owner}.${plug.name}/2`).filter((id) => project.functions.has(id));
}

/** A plug made of plugs (`use Plug.Builder`, `use Guardian.Plug.Pipeline`). */
function guardsByOwnPlugs(name: string, route: Route, project: Project, seen: Set<string>): boolean {
  const module = project.modules.get(name);
  if (module === undefined || seen.has(name)) return false;
  seen.add(name);
  return module.facts.body.some((call) => {
    if (call.function !== "plug") return false;
    const inner = moduleNameOf(call.arguments[0]) ?? (call.arguments[0]?.kind === "literal" ? call.arguments[0].value : "");
    const plug: Plug = { name: inner, options: null, path: module.path, span: call.span };
    return isGuard(plug, { ...route, module: name }, project);
  });
}

const judged = perProject(() => new Map<FunctionId, boolean>());

/** Whether a function refuses somebody (halts, answers itself, raises) because of who they are. */
function turnsAway(id: FunctionId, project: Project): boolean {
  const known = judged(project);
  const earlier = known.get(id);
  if (earlier !== undefined) return earlier;
  const answer = readsWhoAndRefuses(id, project);
  known.set(id, answer);
  return answer;
}

function readsWhoAndRefuses(id: FunctionId, project: Project): boolean {
  const reach = reachOf(id, project, 3);
  const code = reach.flatMap((reached) => project.functions.get(reached)?.facts.clauses.flatMap((clause) => clause.body ?? []) ?? []);
  const refuses = code.some((body) => collect(body, "call").some((call) => refusing.test(call.function)));
  return refuses && (identity.test(id) || code.some(mentionsIdentity));
}

function mentionsIdentity(code: Expression): boolean {
  let found = false;
  walk(code, (expression) => {
    if (expression.kind === "variable" || expression.kind === "attribute") found ||= identity.test(expression.name);
    if (expression.kind === "access") found ||= identity.test(expression.field ?? "");
    if (expression.kind === "call") found ||= identity.test(expression.function);
    if (expression.kind === "literal" && expression.type === "atom") found ||= identity.test(expression.value);
    if (expression.kind === "literal" && expression.type === "string")
      found ||= /^(authorization|x-[a-z-]*(key|token|signature)[a-z-]*)$/i.test(expression.value);
    return !found;
  });
  return found;
}

/** A LiveView hook `Module.name` that can halt; one whose code is not here is trusted. */
function refuses(hook: string, project: Project): boolean {
  const module = project.modules.get(hook) ?? project.modules.get(hook.slice(0, hook.lastIndexOf(".")));
  if (module === undefined) return true;
  const name = project.modules.has(hook) ? "default" : hook.slice(hook.lastIndexOf(".") + 1);
  const entry = project.functions.get(`${module.name}.on_mount/4`);
  const clauses = (entry?.facts.clauses ?? []).filter(({ parameters: [first] }) => first?.kind !== "literal" || first.value === name);
  return clauses.some(
    (clause) =>
      clause.body !== null &&
      (collect(clause.body, "literal").some((literal) => literal.value === "halt") || delegates(clause.body, module, project)),
  );
}

/** The hook leaves the answer to another function of the project that halts. */
function delegates(body: Expression, module: ProjectModule, project: Project): boolean {
  return collect(body, "call").some((call) => {
    const target = project.functions.get(`${call.module ?? module.name}.${call.function}/${call.arguments.length}`);
    return (
      target?.facts.clauses.some(
        (clause) => clause.body !== null && collect(clause.body, "literal").some((literal) => literal.value === "halt"),
      ) ?? false
    );
  });
}

/** `on_mount` lines of a LiveView, those its `use` brings included. */
function ownHooks(name: string, project: Project): string[] {
  const module = project.modules.get(name);
  if (module === undefined) return [];
  const own = module.facts.body.flatMap((call) => (call.function === "on_mount" ? hooksOf(call.arguments) : []));
  const brought = [...module.uses].flatMap((used) => broughtHooks(project).get(used) ?? []);
  return [...own, ...brought];
}

const broughtHooks = perProject((project) => {
  const hooks = new Map<string, string[]>();
  for (const module of project.modules.values()) {
    const clauses = module.facts.functions.flatMap((entry) => entry.clauses).filter((clause) => outlineOfClause(clause).calls.some(mounts));
    const named = clauses
      .flatMap((clause) => (clause.body === null ? [] : collect(clause.body, "call")))
      .filter((call) => mounts(call) && call.arguments.length === 1)
      .flatMap((call) => hooksOf(call.arguments));
    if (named.length > 0) hooks.set(module.name, named);
  }
  return hooks;
});

function mounts(call: { readonly function: string }): boolean {
  return call.function === "on_mount";
}

function hooksOf(given: readonly Expression[]): string[] {
  return given
    .flatMap((argument) => (argument.kind === "list" ? argument.elements : [argument]))
    .flatMap((argument) => {
      const [module, name] = argument.kind === "tuple" ? argument.elements : [argument];
      const text = moduleNameOf(module);
      if (text === null) return [];
      return [name?.kind === "literal" ? `${text}.${name.value}` : text];
    });
}

/** Whether the code a route leads to looks at who is asking by itself. */
export function looksAtAsker(route: Route, project: Project): boolean {
  const module = project.modules.get(route.module);
  if (module === undefined) return true;
  const entries = module.facts.functions.filter((entry) =>
    route.verb === "live" ? true : entry.name === "action" || entry.name === route.action || route.action === null,
  );
  if (entries.length === 0) return true;
  return entries.some((entry) =>
    reachOf(`${module.name}.${entry.name}/${entry.arity}`, project, 1).some((id) => {
      const clauses = project.functions.get(id)?.facts.clauses ?? [];
      return clauses.some((clause) => [...clause.parameters, clause.body].some((part) => part !== null && asksWho(part)));
    }),
  );
}

const asking =
  /current_|auth|permit|polic(y|ies)|can\?|token|signature|secret|api_?key|get_session|verify|viewer|actor|permission|credential|password|user_id$|session$|get_req_header/i;

function asksWho(code: Expression): boolean {
  let found = false;
  walk(code, (expression) => {
    if (expression.kind === "variable") found ||= asking.test(expression.name);
    if (expression.kind === "access") found ||= asking.test(expression.field ?? "");
    if (expression.kind === "call")
      found ||= asking.test(expression.function) || /Auth|Guardian|Bodyguard|Policy|Canada|Canary/.test(expression.module ?? "");
    if (expression.kind === "literal" && (expression.type === "atom" || expression.type === "string"))
      found ||= asking.test(expression.value) && expression.value.length < 40;
    return !found;
  });
  return found;
}
