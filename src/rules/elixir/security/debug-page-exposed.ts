import type { Call, Expression } from "../../../model/expression.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import type { Severity } from "../../../model/finding.js";
import type { Plug, Project, Route } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { atomOf, bodyOf, elementsOf, moduleNameOf, optionOf, statementsOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { guardOf } from "../../shared/authentication.js";
import { isProduction } from "../../shared/production.js";
import { headOf } from "../../shared/router-lines.js";
import { written } from "../../shared/written.js";

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

interface Tool {
  readonly shows: string;
  readonly severity: Severity;
}

const jobs: Tool = { shows: "reads the arguments of every job and can run, cancel and delete jobs", severity: "high" };
const mails: Tool = { shows: "reads the mails kept there: password links, invitations, names and addresses", severity: "medium" };
const administration: Tool = { shows: "can read and change stored data", severity: "critical" };
const tools: Readonly<Record<string, Tool>> = {
  live_dashboard: { shows: "sees processes, their state, environment and queries, and can end processes", severity: "high" },
  observer_dashboard: { shows: "sees processes and their state, and can end them", severity: "high" },
  error_tracker_dashboard: { shows: "reads errors with the data of the requests that caused them", severity: "high" },
  oban_dashboard: jobs,
  ash_admin: administration,
  live_admin: administration,
  "Plug.Swoosh.MailboxPreview": mails,
  "Bamboo.SentEmailViewerPlug": mails,
  "Bamboo.EmailPreviewPlug": mails,
  "FunWithFlags.UI.Router": { shows: "switches features on and off for everybody", severity: "high" },
  "ExqUi.RouterPlug": jobs,
  "Wobserver.Plug": { shows: "sees processes, tables and memory of the running system", severity: "high" },
};

interface Mounted {
  readonly call: Call;
  readonly tool: string;
  readonly path: string;
  readonly pipelines: readonly string[];
  readonly hooks: readonly string[];
  /** An environment variable or the like that lets it in beside a check of the environment. */
  readonly switch: string;
}

type Around = Omit<Mounted, "call" | "tool">;

function mountedIn(module: ModuleFacts): Mounted[] {
  return mountedAmong(module.body, { path: "", pipelines: [], hooks: [], switch: "" }, module);
}

/** Tools mounted in lines of a router that are served in production; lines inside what can't be read are left out. */
function mountedAmong(statements: readonly Expression[], around: Around, module: ModuleFacts): Mounted[] {
  let { pipelines } = around;
  return statements.flatMap((statement): Mounted[] => {
    const within = { ...around, pipelines };
    if (statement.kind === "block") return mountedAmong(statement.expressions, within, module);
    if (statement.kind === "branch")
      return inBranch(
        statement.subject,
        statement.clauses.map(({ body }) => body),
        within,
        module,
      );
    if (statement.kind !== "call") return [];
    const outside = module.conditions.filter(({ span }) => module.body.includes(statement) && contains(span, statement.span));
    const on = outside.map(({ condition }) => switchIn(condition));
    if (on.includes(null)) return [];
    const here = { ...within, switch: on.find((found) => found !== null) ?? within.switch };
    if (statement.function === "pipe_through") {
      pipelines = [...pipelines, ...elementsOf(statement.arguments[0]).flatMap((name) => atomOf(name) ?? moduleNameOf(name) ?? [])];
      return [];
    }
    const inner = statementsOf(bodyOf(statement));
    if (statement.function === "scope") return mountedAmong(inner, { ...here, path: here.path + pathOf(statement) }, module);
    if (statement.function === "live_session")
      return mountedAmong(inner, { ...here, hooks: [...here.hooks, ...hooksOf(statement)] }, module);
    if (statement.function === "if") return inBranch(statement.arguments[0] ?? null, inner, here, module);
    const tool = toolOf(statement);
    return tool === null
      ? []
      : [{ ...here, call: statement, tool, path: here.path + pathOf(statement), hooks: [...here.hooks, ...hooksOf(statement)] }];
  });
}

function inBranch(condition: Expression | null, inner: readonly Expression[], around: Around, module: ModuleFacts): Mounted[] {
  const on = condition === null ? null : switchIn(condition);
  return on === null ? [] : mountedAmong(inner, { ...around, switch: on }, module);
}

/** In `Mix.env() == :dev || System.get_env("X")` the part that a production system may set; null when the condition keeps production out. */
function switchIn(condition: Expression): string | null {
  if (condition.kind !== "operator" || !/^(\|\||or)$/.test(condition.operator)) return null;
  const variable = condition.operands.find((operand) =>
    collect(operand, "call").some((call) => call.module === "System" && /^(get_env|fetch_env!?)$/.test(call.function)),
  );
  return variable === undefined ? null : written(collect(variable, "call")[0] ?? variable);
}

function toolOf(call: Call): string | null {
  if (call.module !== null && call.module !== "Phoenix.Router") return null;
  const name = call.function === "forward" ? (moduleNameOf(call.arguments[1]) ?? moduleNameOf(optionOf(call, "to"))) : call.function;
  return name !== null && Object.hasOwn(tools, name) ? name : null;
}

function pathOf(call: Call): string {
  const text = (stringOf(call.arguments[0]) ?? stringOf(optionOf(call, "path")) ?? "").replace(/^\/|\/$/g, "");
  return text === "" ? "" : `/${text}`;
}

function hooksOf(call: Call): string[] {
  return elementsOf(optionOf(call, "on_mount")).flatMap((hook) => moduleNameOf(hook.kind === "tuple" ? hook.elements[0] : hook) ?? []);
}

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
      evidence: plugs.slice(0, 6).map((plug) => ({ at: plug, note: `${plug.name} lets everybody through` })),
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
    path: facts.path,
    span: call.span,
  };
}
