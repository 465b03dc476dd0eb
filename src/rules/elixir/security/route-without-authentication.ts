import type { Facts } from "../../../model/facts.js";
import type { Confidence, Severity } from "../../../model/finding.js";
import type { Effect, Project, Route } from "../../../model/project.js";
import { effectsOf } from "../../../project/effects-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { changing, isWorthGuarding, resourceOf, sensitive } from "../../shared/public-routes.js";
import { headOf, isDevelopmentOnly } from "../../shared/router-lines.js";
import { guardOf, isNamedGuard, looksAtAsker } from "../../shared/authentication.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { routes: readonly string[]; target: string; way: string; guard: string; guarded: string; changes: "yes" | "no" };

export const routeWithoutAuthentication = defineRule<Slots>({
  id: "route-without-authentication",
  title: "A route is open to everyone while its neighbours require a login",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-306"],
  silencedBy: {},
  fix: "require-login",
  where: (project) => routesByFile(project),
  match(facts, project) {
    const routes = routesByFile(project).get(facts.path);
    if (routes === undefined || !isProduction(facts.path)) return [];
    const bySpan = new Map<number, Judged[]>();
    for (const judged of routes) bySpan.set(judged.route.span.start, [...(bySpan.get(judged.route.span.start) ?? []), judged]);
    return [...bySpan.values()].flatMap((group) => matchOf(group, facts, project));
  },
  what: ({ routes, target, way }) =>
    `${routes.map((route) => `\`${route}\``).join(", ")} ${routes.length > 1 ? "reach" : "reaches"} \`${target}\` without authentication: on the way stand ${way}.`,
  why: ({ changes, guard, guarded }) =>
    `Anyone who knows the address can ${changes === "yes" ? "change data through it" : "read what it shows"}, while \`${guarded}\` is behind \`${guard}\`.`,
  instead: ({ guard }) =>
    `Move it into a scope or pipeline that goes through \`${guard}\`; if it is meant to be public, say so with a \`# guard:ignore\` comment and the reason.`,
  notWhen: [
    "A plug of a pipeline or of the controller, a `live_session` or `on_mount` hook turns strangers away.",
    "The action looks at who is asking: the current user, a token, a signature, a policy.",
    "It is public by its nature: login, registration, password reset, confirmation, OAuth, webhook, health check, pages, feeds.",
    "The path carries a secret (`:token`, `:signature`).",
    "The route exists in development only, or stands inside a macro that cannot be read.",
    "The project authenticates nothing comparable.",
    "The action behind a POST only reads (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :fetch_session
  end

  pipeline :members do
    plug :require_authenticated_user
  end

  scope "/", ShopWeb do
    pipe_through [:browser, :members]
    get "/products/:id/edit", ProductController, :edit
    put "/products/:id", ProductController, :update
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/products", ProductController, :index
    delete "/products/:id", ProductController, :delete
  end
end

defmodule ShopWeb.ProductController do
  use Phoenix.Controller

  def index(conn, _params), do: json(conn, [])
  def edit(conn, _params), do: json(conn, [])
  def update(conn, _params), do: json(conn, [])
  def delete(conn, %{"id" => id}), do: json(conn, Shop.Repo.delete!(%Shop.Product{id: id}))
end
`,
      at: `delete "/products/:id", ProductController, :delete`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :fetch_session
  end

  pipeline :members do
    plug :require_authenticated_user
  end

  scope "/", ShopWeb do
    pipe_through [:browser, :members]
    get "/products/:id/edit", ProductController, :edit
    put "/products/:id", ProductController, :update
    delete "/products/:id", ProductController, :delete
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/products", ProductController, :index
    post "/login", SessionController, :create
  end
end

defmodule ShopWeb.ProductController do
  use Phoenix.Controller

  def index(conn, _params), do: json(conn, [])
  def edit(conn, _params), do: json(conn, [])
  def update(conn, _params), do: json(conn, [])
  def delete(conn, %{"id" => id}), do: json(conn, Shop.Repo.delete!(%Shop.Product{id: id}))
end

defmodule ShopWeb.SessionController do
  use Phoenix.Controller

  def create(conn, _params), do: json(conn, [])
end
`,
    },
  ],
});

interface Judged {
  readonly route: Route;
  readonly guard: string | null;
}

const judgedRoutes = perProject((project): Judged[] => project.routes.map((route) => ({ route, guard: guardOf(route, project) })));

const routesByFile = perProject((project) => {
  const byFile = new Map<string, Judged[]>();
  for (const judged of judgedRoutes(project)) {
    const earlier = byFile.get(judged.route.file);
    if (earlier === undefined) byFile.set(judged.route.file, [judged]);
    else earlier.push(judged);
  }
  return byFile;
});

function matchOf(group: readonly Judged[], facts: Facts, project: Project): Match<Slots>[] {
  const open = group.filter(({ route, guard }) => guard === null && isWorthGuarding(route) && !looksAtAsker(route, project));
  const [first] = open;
  if (first === undefined || group.some(({ guard }) => guard !== null) || isDevelopmentOnly(first.route.span, facts)) return [];
  const { route } = open.find((judged) => judged.route.verb === "delete") ?? first;
  const peer = guardedPeer(route, project);
  if (peer === null) return [];
  const changes = open.some((judged) => changing.has(judged.route.verb));
  return [
    {
      span: headOf(route.span, facts),
      confidence: changes && !actsOnAnything(open, project) ? "possible" : peer.confidence,
      severity: severityOf(route, changes),
      slots: {
        routes: [...new Set(open.map((judged) => sentence(judged.route)))].slice(0, 4),
        target: spoken(route.module),
        way: wayOf(route),
        guard: peer.guard,
        guarded: sentence(peer.route),
        changes: changes ? "yes" : "no",
      },
      evidence: evidenceOf(route, peer, project),
    },
  ];
}

const acts: readonly Effect[] = [
  "write",
  "transaction",
  "enqueue",
  "mail",
  "http",
  "command",
  "file",
  "process_call",
  "process_start",
  "broadcast",
];

/** Whether some action behind the routes has an effect beyond reading; true when its code is not here. */
function actsOnAnything(open: readonly Judged[], project: Project): boolean {
  return open.some(({ route }) => {
    const entry = project.functions.get(`${route.module}.${route.action ?? ""}/2`);
    return entry === undefined || acts.some((effect) => effectsOf(project, entry.id).has(effect));
  });
}

function severityOf(route: Route, changes: boolean): Severity {
  return sensitive.test(route.path) && changes ? "critical" : changes || sensitive.test(route.path) ? "high" : "medium";
}

interface Peer extends Judged {
  readonly guard: string;
  readonly confidence: Confidence;
}

/** A comparable route that is guarded: of the same controller, of the same resource, or one like most that change data. */
function guardedPeer(route: Route, project: Project): Peer | null {
  const guarded = judgedRoutes(project).flatMap((judged) =>
    judged.guard === null || !isNamedGuard(judged.guard) ? [] : [{ ...judged, guard: judged.guard }],
  );
  const near =
    guarded.find((judged) => judged.route.module === route.module) ??
    guarded.find((judged) => resourceOf(judged.route) === resourceOf(route) && judged.route.verb !== "get");
  if (near !== undefined) return { ...near, confidence: "likely" };
  const alike = judgedRoutes(project).filter((judged) =>
    sensitive.test(route.path) ? sensitive.test(judged.route.path) : changing.has(judged.route.verb) && isWorthGuarding(judged.route),
  );
  const alikeGuarded = alike.find((judged) => judged.guard !== null && isNamedGuard(judged.guard));
  if (alikeGuarded === undefined || alikeGuarded.guard === null)
    return sensitive.test(route.path) ? guardedChange(guarded, route.router) : null;
  const share = alike.filter((judged) => judged.guard !== null).length / alike.length;
  return { route: alikeGuarded.route, guard: alikeGuarded.guard, confidence: share >= 0.6 ? "likely" : "possible" };
}

/** An open admin route needs no admin route beside it to be judged: that its router guards any change is enough. A router that guards nothing may be served where only its owners reach it. */
function guardedChange(guarded: readonly (Judged & { readonly guard: string })[], router: string): Peer | null {
  const peer = guarded.find((judged) => judged.route.router === router && changing.has(judged.route.verb));
  return peer === undefined ? null : { ...peer, confidence: "likely" };
}

function sentence(route: Route): string {
  return `${route.verb.toUpperCase()} ${route.path}`;
}

function wayOf(route: Route): string {
  const names = [...new Set(route.plugs.map((plug) => (/^[A-Z]/.test(plug.name) ? plug.name : `:${plug.name}`)))];
  if (names.length === 0) return "no plugs at all";
  const shown = names
    .slice(0, 6)
    .map((name) => `\`${name}\``)
    .join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more, none of which turns a stranger away` : `only ${shown}`;
}

function evidenceOf(route: Route, peer: Peer, project: Project): Clue[] {
  const target = project.modules.get(route.module);
  const action = target?.facts.functions.find((entry) => entry.name === route.action);
  const change = effectsOf(project, `${route.module}.${route.action ?? ""}/2`).get("write");
  return [
    ...(target === undefined || action === undefined
      ? []
      : [{ at: { path: target.path, span: action.nameSpan }, note: `${spoken(route.module)}.${action.name} is what it runs` }]),
    ...(change === undefined ? [] : [{ at: change.at, note: "there it changes the database" }]),
    { at: { path: peer.route.file, span: peer.route.span }, note: `${sentence(peer.route)} goes through ${peer.guard}`, comparison: true },
  ];
}
