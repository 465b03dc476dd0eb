import type { Facts, ModuleFacts } from "../../../model/facts.js";
import type { Plug, Project, Route } from "../../../model/project.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { guardOf } from "../../shared/authentication.js";
import { mountedIn, tools, type Mounted } from "../../shared/mounted-tools.js";
import { isProduction } from "../../shared/production.js";
import { headOf } from "../../shared/router-lines.js";

type Slots = { tool: string; path: string; shows: string; way: string; switch: string };

export const debugPageExposed = defineRule<Slots>({
  id: "debug-page-exposed",
  title: "A dashboard or mailbox preview is open to strangers",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-306", "CWE-489"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return facts.modules
      .filter(({ name }) => project.routers.some((router) => router.module === name))
      .flatMap((module) => mountedIn(module).flatMap((mounted) => matchOf(mounted, module, facts, project)));
  },
  what: ({ tool, path, way, switch: on }) =>
    `\`${tool}\` is served at \`${path}\` through ${way}, none of which asks who is there${on === "" ? "" : `, also in production as soon as \`${on}\` holds`}.`,
  why: ({ shows }) => `Whoever guesses the address ${shows}.`,
  instead: () =>
    "Put it into a scope whose pipeline lets only administrators through (or `Plug.BasicAuth` with a password from the environment), or compile it in development only: `if Application.compile_env(:my_app, :dev_routes)`.",
  notWhen: [
    "A plug on its way turns strangers away, or `on_mount` is given to it.",
    "It is compiled in only where the environment or a configuration read at compile time says so.",
    "A macro whose code is not here stands around it.",
    "The router has hardly any other routes: it may be served where only its owners reach it (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router
  import Phoenix.LiveDashboard.Router

  pipeline :browser do
    plug :fetch_session
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/", PageController, :index
    get "/orders", OrderController, :index
    get "/orders/:id", OrderController, :show
    live_dashboard "/dashboard", metrics: ShopWeb.Telemetry
  end
end
`,
      at: `live_dashboard "/dashboard", metrics: ShopWeb.Telemetry`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router
  import Phoenix.LiveDashboard.Router

  pipeline :browser do
    plug :fetch_session
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/", PageController, :index
    get "/orders", OrderController, :index
    get "/orders/:id", OrderController, :show

    if Mix.env() in [:dev, :test] do
      live_dashboard "/dashboard", metrics: ShopWeb.Telemetry
    end
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    get "/", PageController, :index
    get "/orders", OrderController, :index
    get "/orders/:id", OrderController, :show
  end

  if Mix.env() == :dev || System.get_env("PREVIEW_MAIL") do
    forward "/mailbox", Plug.Swoosh.MailboxPreview
  end
end
`,
      at: `forward "/mailbox", Plug.Swoosh.MailboxPreview`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router
  import Plug.BasicAuth

  pipeline :insiders do
    plug :basic_auth, username: "x", password: System.fetch_env!("MAIL_PASSWORD")
  end

  scope "/", ShopWeb do
    get "/", PageController, :index
    get "/orders", OrderController, :index
    get "/orders/:id", OrderController, :show
  end

  scope "/insiders" do
    pipe_through :insiders
    forward "/mailbox", Plug.Swoosh.MailboxPreview
  end
end
`,
    },
  ],
});

function matchOf(mounted: Mounted, module: ModuleFacts, facts: Facts, project: Project): Match<Slots>[] {
  const tool = tools[mounted.tool];
  const router = project.routers.find((candidate) => candidate.module === module.name);
  if (tool === undefined || router === undefined || mounted.hooks.length > 0 || optionOf(mounted.call, "resolver") !== null) return [];
  const plugs = mounted.pipelines.flatMap(
    (name): readonly Plug[] => router.pipelines.get(name) ?? [{ name, options: null, path: facts.path, span: mounted.call.span }],
  );
  if (mounted.pipelines.some((name) => !router.pipelines.has(name)) || guardOf(routeOf(mounted, plugs, facts), project) !== null) return [];
  const others = project.routes.filter((route) => route.router === module.name);
  return [
    {
      span: headOf(mounted.call.span, facts),
      confidence: others.length >= 3 ? "likely" : "possible",
      severity: mounted.switch === "" ? tool.severity : "medium",
      slots: {
        tool: mounted.tool,
        path: mounted.path === "" ? "/" : mounted.path,
        shows: tool.shows,
        way: mounted.pipelines.length === 0 ? "no pipeline" : mounted.pipelines.map((name) => `\`:${name}\``).join(", "),
        switch: mounted.switch,
      },
      evidence: [
        {
          at: { path: facts.path, span: headOf(mounted.call.span, facts) },
          note: `GET ${mounted.path === "" ? "/" : mounted.path} leads here`,
        },
        ...plugs.slice(0, 6).map((plug) => ({ at: plug, note: `${plug.name} lets everybody through` })),
      ],
    },
  ];
}

/** What the tool's own routes look like to those who ask what guards a route. */
function routeOf(mounted: Mounted, plugs: readonly Plug[], facts: Facts): Route {
  const { call, path, pipelines } = mounted;
  return {
    ...{ router: "", verb: "get", path, file: facts.path, module: "", action: null },
    pipelines,
    plugs,
    liveSession: null,
    unreadMacros: [],
    span: call.span,
  };
}
