import type { Call } from "../../../model/expression.js";
import type { Project, ProjectModule, Route } from "../../../model/project.js";
import { effectsOf } from "../../../project/effects-of.js";
import { atomOf, moduleNameOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { isNamedGuard } from "../../shared/authentication.js";
import { namesRequester, permissionCheck } from "../../shared/permission.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { action: string; plug: string; covered: string; route: string };

export const actionLeftOutOfGuard = defineRule<Slots>({
  id: "action-left-out-of-guard",
  title: "An action that changes a record is missing from the list of its controller's guard",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-862"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return facts.modules.flatMap(({ name }) => {
      const module = project.modules.get(name);
      const routes = routesByModule(project).get(name);
      return module === undefined || routes === undefined
        ? []
        : guardsOf(module).flatMap((guard) => matchesOf(guard, routes, module, project));
    });
  },
  what: ({ action, plug, covered }) => `\`${action}\` is left out of \`${plug}\`, which ${covered} of the same controller go through.`,
  why: ({ route }) => `\`${route}\` changes the record for anybody who comes that far: what the plug refuses elsewhere is not asked here.`,
  instead: ({ action }) =>
    `Add \`:${action.split(".").at(-1) ?? action}\` to the plug's list, or guard all actions but the few that are open (\`when action not in […]\`).`,
  notWhen: [
    "The plug does not say by its name that it is about who may.",
    "Another guard, which those actions do not have, applies to this one.",
    "The action asks by itself, three calls deep, or names who is asking.",
    "It creates or shows, is reached without an id or by a secret in its address, or writes nothing.",
    "Fewer than two of `edit`, `update`, `delete` and other changes by id go through the plug.",
  ],
  examples: [{ bad: projectOf(":edit, :update"), at: "delete", good: projectOf(":edit, :update, :delete") }],
});

function projectOf(guarded: string): string {
  return `defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    resources "/orders", OrderController, only: [:show, :edit, :update, :delete]
  end
end

defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  alias Shop.{Order, Repo}

  plug :require_owner when action in [${guarded}]

  def show(conn, %{"id" => id}), do: json(conn, Repo.get!(Order, id))
  def edit(conn, %{"id" => id}), do: json(conn, Repo.get!(Order, id))
  def update(conn, %{"id" => id} = params), do: json(conn, Repo.update!(Order.changeset(Repo.get!(Order, id), params)))
  def delete(conn, %{"id" => id}), do: json(conn, Repo.delete!(Repo.get!(Order, id)))

  defp require_owner(conn, _options) do
    if Repo.get!(Order, conn.params["id"]).user_id == conn.assigns.current_user.id, do: conn, else: halt(conn)
  end
end
`;
}

const routesByModule = perProject((project) => {
  const byModule = new Map<string, Route[]>();
  for (const route of project.routes) byModule.set(route.module, [...(byModule.get(route.module) ?? []), route]);
  return byModule;
});

/** The controller's plugs with a list of actions that say they are about who may. */
function guardsOf({ facts }: ProjectModule): Call[] {
  return facts.body.filter((call) => {
    const last = call.arguments.at(-1);
    return call.function === "plug" && last?.kind === "operator" && last.operator === "when" && isNamedGuard(nameOf(call));
  });
}

function nameOf(call: Call): string {
  const given = call.arguments[0];
  const written = given?.kind === "operator" ? given.operands[0] : given;
  return moduleNameOf(written) ?? atomOf(written) ?? "";
}

function matchesOf(guard: Call, routes: readonly Route[], module: ProjectModule, project: Project): Match<Slots>[] {
  const goesThrough = ({ plugs }: Route): boolean =>
    plugs.some(({ span, path }) => span.start === guard.span.start && path === module.path);
  const changing = routes.filter(changesOne);
  const covered = new Set(changing.filter(goesThrough).map(({ action }) => action ?? ""));
  if (covered.size < 2 || ![...covered].some((action) => /update|delete/.test(action))) return [];
  const sample = changing.find(goesThrough);
  const left = changing.filter((route) => route.verb !== "get" && !goesThrough(route) && !hasOwnGuard(route, sample, module));
  return left.flatMap((route) => matchOf(guard, route, [...covered], module, project)).slice(0, 1);
}

/** A route with an id in it to an action that changes, or shows the form for it. */
function changesOne({ action, path, verb, unreadMacros }: Route): boolean {
  return (
    /\/:\w*(id|slug|uuid|name)\b/.test(path) && unreadMacros.length === 0 && (action === "edit" || /^(put|patch|delete|post)$/.test(verb))
  );
}

/** A guard of the controller that the covered actions do not have. */
function hasOwnGuard(route: Route, sample: Route | undefined, module: ProjectModule): boolean {
  const others = new Set(sample?.plugs.map(({ span }) => span.start));
  return route.plugs.some(({ name, path, span }) => path === module.path && isNamedGuard(name) && !others.has(span.start));
}

function matchOf(guard: Call, route: Route, covered: readonly string[], module: ProjectModule, project: Project): Match<Slots>[] {
  const entry = project.functions.get(`${module.name}.${route.action ?? ""}/2`);
  if (entry === undefined || !effectsOf(project, entry.id).has("write") || permissionCheck(entry.id, project) !== null) return [];
  const knows = entry.facts.clauses.some(({ parameters, body }) =>
    [...parameters, body].some((code) => code !== null && namesRequester(code)),
  );
  if (knows) return [];
  const slots = {
    ...{ action: spoken(entry.id).replace(/\/\d+$/, ""), plug: nameOf(guard), route: `${route.verb.toUpperCase()} ${route.path}` },
    covered: covered.map((action) => `\`${action}\``).join(", "),
  };
  const evidence = [
    { at: { path: route.file, span: route.span }, note: "the route" },
    { at: { path: module.path, span: guard.span }, note: "the list" },
  ];
  return [{ span: entry.facts.nameSpan, confidence: "likely", slots, evidence }];
}
