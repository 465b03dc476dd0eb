import type { Expression } from "../../../model/expression.js";
import type { FunctionFacts } from "../../../model/facts.js";
import type { Project, ProjectModule, Route } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { atomOf, moduleNameOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { guardOf, isNamedGuard } from "../../shared/authentication.js";
import { isPermissionCheck, namesRequester, permissionCheck } from "../../shared/permission.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { controller: string; route: string; asking: string; others: string; check: string };

export const controllerWithoutPermission = defineRule<Slots>({
  id: "controller-without-permission",
  title: "A controller asks nobody's permission where those beside it do",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-862"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return judgedControllers(project).flatMap((judged) => (judged.module.path === facts.path ? matchOf(judged, project) : []));
  },
  what: ({ controller, route }) =>
    `\`${controller}\` answers \`${route}\` with records of the database, and neither a plug nor an action of it asks whether the person may see them.`,
  why: ({ asking, others }) =>
    `Whoever is let in at the door reaches all of them; ${asking} of the ${others} other controllers behind the same pipelines ask.`,
  instead: ({ check }) => `Ask as the others do (\`${check}\`) before anything is loaded for the answer, and answer 403 or 404 otherwise.`,
  notWhen: [
    "A plug of the controller, an action or what it calls three steps deep asks for a permission, a policy, a role, an owner.",
    "Its code names who is asking: it can limit itself.",
    "It reaches no records, or no parameter of the address says which.",
    "Fewer than four other controllers stand behind the same pipelines, or less than seven tenths of them ask.",
    "No plug turns strangers away and none loads the record: then the pages may be public.",
    "Its name or address says that it is public, about the person's own account, or for administrators.",
  ],
  examples: [
    { bad: projectOf("load_resource"), at: "plug :load_resource, model: Shop.Order", good: projectOf("load_and_authorize_resource") },
  ],
});

/** Five controllers of orders, the last of which loads its record by the plug that is given. */
function projectOf(last: string): Readonly<Record<string, string>> {
  const names = ["Bill", "Label", "Return", "Stamp", "Export"];
  const routes = names.map((name) => `    get "/${name.toLowerCase()}s/:id", ${name}Controller, :show`).join("\n");
  const controllers = names.map(
    (name) => `defmodule ShopWeb.${name}Controller do
  use Phoenix.Controller
  import Canary.Plugs

  plug :${name === "Export" ? last : "load_and_authorize_resource"}, model: Shop.Order

  def show(conn, _params), do: json(conn, Shop.Repo.preload(conn.assigns.order, :lines))
end
`,
  );
  return {
    "lib/shop_web/router.ex": `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :members do
    plug :require_authenticated_user
  end

  scope "/", ShopWeb do
    pipe_through :members
${routes}
  end
end
`,
    "lib/shop_web/controllers.ex": controllers.join("\n"),
  };
}

const fewest = 4;
const share = 0.7;
const elsewhere =
  /public|search|featured|popular|preview|share|invit|embed|join|profile|settings?|account|session|dashboard|page|home|static|help|about|login|callback|health|upload|notification|admin|backoffice|internal|staff/i;

interface Judged {
  readonly module: ProjectModule;
  readonly route: Route;
  /** Router and pipelines: what stands before all of them. */
  readonly door: string;
  /** The first check it makes, by name; null for none. */
  readonly check: string | null;
}

const judgedControllers = perProject((project): readonly Judged[] => {
  const byModule = new Map<string, Route>();
  for (const route of project.routes) if (route.pipelines.length > 0 && !byModule.has(route.module)) byModule.set(route.module, route);
  return [...byModule].flatMap(([name, route]) => {
    const module = project.modules.get(name);
    if (module === undefined || (module.role !== "controller" && !name.endsWith("Controller"))) return [];
    if (!isProduction(module.path) || !reachesRecords(module, project)) return [];
    return [{ module, route, door: `${route.router} ${route.pipelines.join(" ")}`, check: checkOf(module, project) }];
  });
});

function reachesRecords({ name, facts }: ProjectModule, project: Project): boolean {
  return (
    facts.body.some((call) => call.function === "plug" && /^load_(and_authorize_)?resource$/.test(plugName(call.arguments[0]))) ||
    facts.functions.some(({ name: of, arity }) => {
      const effects = effectsOf(project, `${name}.${of}/${arity}`);
      return effects.has("query") || effects.has("write");
    })
  );
}

function checkOf({ name, facts }: ProjectModule, project: Project): string | null {
  for (const call of facts.body) {
    if (call.function !== "plug") continue;
    const plug = plugName(call.arguments[0]);
    const asked = plug.includes(".") ? { module: plug, function: "call" } : { module: null, function: plug };
    if (isPermissionCheck(asked) || isNamedGuard(plug)) return plug;
  }
  for (const { name: of, arity } of facts.functions) {
    const check = permissionCheck(`${name}.${of}/${arity}`, project);
    if (check !== null) return check.name;
  }
  return null;
}

function plugName(given: Expression | undefined): string {
  return moduleNameOf(given) ?? atomOf(given) ?? "";
}

function matchOf(judged: Judged, project: Project): Match<Slots>[] {
  const { module, route, door, check } = judged;
  if (check !== null || route.unreadMacros.length > 0) return [];
  const isGuarded = route.path.includes("/:") && guardOf(route, project) !== null;
  if ((!isGuarded && !loadsUnchecked(module)) || elsewhere.test(`${module.name.split(".").slice(1).join(".")} ${route.path}`)) return [];
  if (module.facts.functions.some(knowsRequester)) return [];
  const others = judgedControllers(project).filter((other) => other !== judged && other.door === door);
  const asking = others.filter((other) => other.check !== null);
  const [first] = asking;
  if (others.length < fewest || asking.length / others.length < share || first?.check === null || first === undefined) return [];
  const slots = {
    ...{ controller: spoken(module.name), route: `${route.verb.toUpperCase()} ${route.path}` },
    ...{ asking: String(asking.length), others: String(others.length), check: first.check },
  };
  const evidence = asking.slice(0, 3).map((other) => ({
    at: { path: other.module.path, span: other.module.facts.nameSpan },
    note: `${spoken(other.module.name)} asks ${other.check ?? ""}`,
    comparison: true as const,
  }));
  const way = { at: { path: route.file, span: route.span }, note: "the route" };
  return [{ span: placeIn(module), confidence: "likely", slots, evidence: [way, ...evidence] }];
}

function knowsRequester({ clauses }: FunctionFacts): boolean {
  return clauses.some(({ parameters, body }) =>
    [...parameters, body].some((code) => code !== null && (namesRequester(code) || readsOwner(code))),
  );
}

/** `conn.assigns.account_id`: what the door says of who is asking. */
function readsOwner(code: Expression): boolean {
  return collect(code, "access").some(
    ({ field, subject }) =>
      subject.kind === "access" && subject.field === "assigns" && /_(id|key|token)$|api|org|workspace|company|customer/.test(field ?? ""),
  );
}

/** Canary's plug that loads and lets everybody through. */
function loadsUnchecked({ facts }: ProjectModule): boolean {
  return facts.body.some((call) => call.function === "plug" && plugName(call.arguments[0]) === "load_resource");
}

/** The plug that loads, where there is one: there the check belongs. */
function placeIn({ facts }: ProjectModule): Span {
  const loading = facts.body.find((call) => call.function === "plug" && /load|fetch|find|assign/i.test(plugName(call.arguments[0])));
  return loading?.span ?? facts.functions.find(({ visibility }) => visibility === "public")?.nameSpan ?? facts.nameSpan;
}
