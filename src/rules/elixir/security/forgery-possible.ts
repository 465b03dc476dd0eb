import type { Facts } from "../../../model/facts.js";
import type { Plug, Project, ProjectFunction, Route, Router } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { endpointPlugs } from "../../../project/pipeline-of.js";
import { defineRule, type Match } from "../../define.js";
import { guardOf, isNamedGuard, looksAtAsker } from "../../shared/authentication.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { headOf, isDevelopmentOnly } from "../../shared/router-lines.js";

type Slots = { way: "unprotected" | "read"; route: string; others: number; by: string };

export const forgeryPossible = defineRule<Slots>({
  id: "forgery-possible",
  title: "Another site can act in a signed-in person's name",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-352"],
  silencedBy: { sobelow: ["Config.CSRF", "Config.CSRFRoute"] },
  fix: "protect-from-forgery",
  languages: ["elixir"],
  where: (project) => new Set([...project.routers.map(({ path }) => path), ...project.routes.map(({ file }) => file)]),
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return [...unprotected(facts, project), ...changedByReading(facts, project)];
  },
  what: ({ way, route, others, by }) =>
    way === "unprotected"
      ? `\`:${by}\` reads the session without \`protect_from_forgery\`, and \`${route}\`${others > 0 ? ` and ${others} more that change something` : ""} ${others > 0 ? "go" : "goes"} through it.`
      : `\`${route}\` changes data, and a GET is asked for by any link or picture.`,
  why: ({ way }) =>
    way === "unprotected"
      ? "A form on any other site is sent with the visitor's cookies, and the action takes it for the visitor's own."
      : "Forgery protection lets GET pass: a page elsewhere, or a browser that loads links ahead, does it for whoever is signed in.",
  instead: ({ way }) =>
    way === "unprotected"
      ? "Add `plug :protect_from_forgery` after `fetch_session`, or leave the session out of the pipeline where a token in a header says who asks."
      : 'Route it as `post` or `delete` and send it from a form or `<.link method="delete">`, which carry the token.',
  notWhen: [
    "A plug on the way protects from forgery, here, in another pipeline of the route, in the controller or in the endpoint.",
    "The pipeline answers JSON alone, or the route is for other servers: webhooks, callbacks, single sign-on (then it is `possible` or silent).",
    "The session is fetched but no route that changes something goes through.",
    "None of the routes asks who somebody is (then a missing protection is `possible`), or the link carries a token of its own.",
    "What a GET changes follows from its meaning: signing in or out, confirming a link from a mail, counting a visit.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :require_authenticated_user
  end

  scope "/", ShopWeb do
    pipe_through :browser
    post "/orders", OrderController, :create
  end
end
`,
      at: "plug :fetch_session",
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :protect_from_forgery
    plug :require_authenticated_user
  end

  scope "/", ShopWeb do
    pipe_through :browser
    post "/orders", OrderController, :create
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :protect_from_forgery
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/items/:id/delete", ItemController, :delete
  end
end

defmodule ShopWeb.ItemController do
  use Phoenix.Controller

  def delete(conn, %{"id" => id}) do
    Shop.Repo.delete!(Shop.Repo.get!(Shop.Item, id))
    redirect(conn, to: "/items")
  end
end

defmodule Shop.Repo do
  use Ecto.Repo, otp_app: :shop
end
`,
      at: `get "/items/:id/delete", ItemController, :delete`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :protect_from_forgery
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/items/:id/delete", ItemController, :confirm_deletion
    delete "/items/:id", ItemController, :delete
  end
end

defmodule ShopWeb.ItemController do
  use Phoenix.Controller

  def confirm_deletion(conn, _params), do: render(conn, :confirm_deletion)

  def delete(conn, %{"id" => id}) do
    Shop.Repo.delete!(Shop.Repo.get!(Shop.Item, id))
    redirect(conn, to: "/items")
  end
end

defmodule Shop.Repo do
  use Ecto.Repo, otp_app: :shop
end
`,
    },
  ],
});

const protecting = /forgery|csrf|xsrf|same_?origin|signature|webhook/i;
const changing = /^(post|put|patch|delete)$/;
const forOthers = /webhook|callback|hook|saml|sso|acs|oauth|auth\/|lti|graphi?ql|\/api\b|token|health|csp|report/i;

const routesByRouter = perProject((project) => {
  const byRouter = new Map<string, Route[]>();
  for (const route of project.routes) byRouter.set(route.router, [...(byRouter.get(route.router) ?? []), route]);
  return byRouter;
});

function unprotected(facts: Facts, project: Project): Match<Slots>[] {
  const routers = project.routers.filter(({ path }) => path === facts.path);
  if (routers.length === 0 || endpointPlugs(project).some(({ name }) => protecting.test(name))) return [];
  return routers.flatMap((router) => [...router.pipelines].flatMap(([name, plugs]) => ofPipeline(name, plugs, router, facts, project)));
}

function ofPipeline(by: string, plugs: readonly Plug[], router: Router, facts: Facts, project: Project): Match<Slots>[] {
  const inEndpoint = endpointPlugs(project).some(({ name }) => name === "fetch_session");
  const session = plugs.find(({ name, path }) => path === facts.path && (name === "fetch_session" || (inEndpoint && name === "accepts")));
  if (session === undefined || plugs.some(({ name }) => protecting.test(name))) return [];
  const accepts = plugs.find(({ name }) => name === "accepts")?.options ?? null;
  const isForPages = accepts !== null && collect(accepts, "literal").some(({ value }) => /\bhtml\b/.test(value));
  const open = (routesByRouter(project).get(router.module) ?? []).filter(
    ({ pipelines, plugs: way, verb, path, unreadMacros }) =>
      pipelines.includes(by) &&
      changing.test(verb) &&
      !forOthers.test(path) &&
      unreadMacros.length === 0 &&
      !way.some(({ name }) => protecting.test(name)),
  );
  const known = open.filter((route) => isNamedGuard(guardOf(route, project) ?? "") || looksAtAsker(route, project));
  const [first] = known.length > 0 ? known : open;
  if (first === undefined) return [];
  return [
    {
      span: session.span,
      confidence: isForPages && known.length > 0 ? "likely" : "possible",
      slots: { way: "unprotected", route: sentence(first), others: open.length - 1, by },
      evidence: open
        .slice(0, 4)
        .map((route) => ({ at: { path: route.file, span: headOf(route.span, facts) }, note: "this changes something" })),
    },
  ];
}

const changes =
  /^(delete|destroy|remove|create|update|approve|reject|archive|publish|unpublish|promote|ban|unban|disable|enable|cancel|refund|revoke|toggle)/;
const meant =
  /log|sign|session|confirm|verif|unsubscribe|subscri|callback|token|invit|accept|webhook|auth|track|click|count|visit|open|download|export/i;

/** Routes by GET to actions that are named after a change and make it, with the session of a browser. */
function changedByReading(facts: Facts, project: Project): Match<Slots>[] {
  return project.routes.flatMap((route) => {
    if (route.file !== facts.path || route.verb !== "get" || route.action === null || !changes.test(route.action)) return [];
    const entry = project.functions.get(`${route.module}.${route.action}/2`);
    const hasSession = route.plugs.some(({ name }) => name === "fetch_session");
    if (entry === undefined || !hasSession || takesToken(entry) || meant.test(`${route.path} ${route.action}`)) return [];
    if (!effectsOf(project, entry.id).has("write") || isDevelopmentOnly(route.span, facts)) return [];
    const clue = { at: { path: entry.path, span: entry.facts.nameSpan }, note: "this is what it runs, and it writes" };
    const slots = { way: "read", route: sentence(route), others: 0, by: "" } as const;
    return [{ span: headOf(route.span, facts), confidence: "likely", slots, evidence: [clue] }];
  });
}

function sentence({ verb, path }: Route): string {
  return `${verb.toUpperCase()} ${path}`;
}

/** A link from a mail that carries its own proof. */
function takesToken({ facts }: ProjectFunction): boolean {
  return facts.clauses.some(({ parameters }) =>
    parameters.some((parameter) =>
      collect(parameter, "literal").some(({ value }) => /token|code|signature|secret|hash|confirm/.test(value)),
    ),
  );
}
