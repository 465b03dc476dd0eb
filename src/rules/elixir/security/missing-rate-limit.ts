import { outlineOfClause } from "../../../model/outline.js";
import type { FunctionId, Project, Route } from "../../../model/project.js";
import { moduleNameOf } from "../../../project/values.js";
import { reachOf } from "../../../project/reach-of.js";
import { defineRule } from "../../define.js";
import { matchesInFile, type Located } from "../../shared/located.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { callsIn, entrancesOf, isEntranceLimited, isRouteLimited, limiterOf, limitsWithin } from "../../shared/rate-limits.js";
import { headOf } from "../../shared/router-lines.js";
import { spoken } from "../../shared/written.js";

type Slots = { route: string; kind: "credentials" | "paid"; cause: string; limiter: string };

export const missingRateLimit = defineRule<Slots>({
  id: "missing-rate-limit",
  title: "Passwords, codes or a paid service can be asked without limit",
  trigger: "missing_auth",
  area: "security",
  severity: "medium",
  cwe: ["CWE-307", "CWE-770"],
  silencedBy: {},
  match(facts, project) {
    const found = matchesInFile(unlimited(project), facts);
    return found.map((match) => ({ ...match, span: headOf(match.span, facts) }));
  },
  what: ({ route, kind, cause, limiter }) =>
    `\`${route}\` ${kind === "paid" ? `asks a service that is paid by use (\`${cause}\`)` : `checks or sends a secret (\`${cause}\`)`} as often as somebody asks: nothing on its way limits that${limiter === "" ? "" : `, though \`${limiter}\` limits elsewhere`}.`,
  why: ({ kind }) =>
    kind === "paid"
      ? "Whoever is let in can run up the bill, and use up the quota of everybody else, with a loop of requests."
      : "Passwords and codes can be guessed by the thousand, and each try costs a slow hash or a mail; sign-in and reset pages are the first that bots try.",
  instead: ({ kind, limiter }) =>
    `${limiter === "" ? "Add a limiter (Hammer, PlugAttack) as a plug" : `Put \`${limiter}\` in front of it`}: by ${kind === "paid" ? "user, some calls a minute and a budget a day" : "address and by account, a few tries a minute"}, answered with 429. Where a proxy in front of the application limits already, say so with \`# guard:ignore missing-rate-limit\`.`,
  notWhen: [
    "A plug of the route, its controller or its endpoint limits, by its name or by what it calls; or the action does, three calls deep.",
    "The secret is checked by somebody else (OAuth callbacks), or the request brings a signed token.",
    "The project limits nothing at all: then sign-in is said once for the whole project, as `low`.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :limited do
    plug ShopWeb.RateLimit
  end

  scope "/", ShopWeb do
    pipe_through :limited
    post "/orders", OrderController, :create
  end

  scope "/", ShopWeb do
    post "/log_in", SessionController, :create
  end
end

defmodule ShopWeb.RateLimit do
  def init(options), do: options
  def call(conn, _options), do: Hammer.check_rate(conn.remote_ip, 60_000, 10) && conn
end

defmodule ShopWeb.SessionController do
  use Phoenix.Controller

  def create(conn, %{"email" => email, "password" => password}) do
    json(conn, Shop.Accounts.get_user_by_email_and_password(email, password))
  end
end

defmodule Shop.Accounts do
  def get_user_by_email_and_password(email, password) do
    user = Shop.Repo.get_by(Shop.User, email: email)
    if Bcrypt.verify_pass(password, user.hashed_password), do: user
  end
end
`,
      at: `post "/log_in", SessionController, :create`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :limited do
    plug ShopWeb.RateLimit
  end

  scope "/", ShopWeb do
    pipe_through :limited
    post "/log_in", SessionController, :create
  end
end

defmodule ShopWeb.RateLimit do
  def init(options), do: options
  def call(conn, _options), do: Hammer.check_rate(conn.remote_ip, 60_000, 10) && conn
end

defmodule ShopWeb.SessionController do
  use Phoenix.Controller

  def create(conn, %{"email" => email, "password" => password}) do
    json(conn, Shop.Accounts.get_user_by_email_and_password(email, password))
  end
end

defmodule Shop.Accounts do
  def get_user_by_email_and_password(email, password) do
    user = Shop.Repo.get_by(Shop.User, email: email)
    if Bcrypt.verify_pass(password, user.hashed_password), do: user
  end
end
`,
    },
  ],
});

const credentialPath = /(^|[/_-])(log_?in|sign_?in|sessions?|passwords?|reset|forgot|otp|passcode|two_?factor|2fa|totp|mfa|magic)/i;
const notGuessed = /callback|oauth|oidc|saml|sso|webhook|impersonat|admin|:token|dev\//i;
const checks =
  /^(verify_pass|check_pass|checkpw|check_password|valid_password\?|verify_password|validate_password|authenticate\w*|sign_in_with_password|valid_totp\?|valid\?|verify_totp|verify_otp|verify_\w*(code|passcode|otp|pin)|get_user_by_email_and_password|deliver_\w*(reset|magic|login|sign_in)\w*|send_\w*(reset|magic|login|sign_in)\w*|request_password_reset|argon2_verify)$/;
const paidModule =
  /^(OpenAI|OpenaiEx|ExOpenAI|Anthropic|Anthropix|LangChain|Instructor|ReqLLM|Replicate|ExTwilio|Twilio|Cohere|Gemini|Mistral)\b/;
const paidAddress =
  /api\.(openai|anthropic|mistral|cohere|replicate|deepl|elevenlabs|twilio|together)\.|generativelanguage\.googleapis|openrouter\.ai/;

interface Spent {
  readonly route: Route;
  readonly kind: Slots["kind"];
  readonly cause: string;
}

const unlimited = perProject((project): readonly Located<Slots>[] => {
  const spent = project.routes.flatMap((route) => spentBy(route, project) ?? []);
  const open = spent.filter(({ route }) => !isLimited(route, project));
  const limiter = limiterOf(project);
  const credentials = open.filter(({ kind }) => kind === "credentials");
  const paid = open.filter(({ kind }) => kind === "paid");
  // Once a router where something limits; once in all where nothing does, because a proxy may.
  const perRouter = limiter === null ? credentials.slice(0, 1) : firstOfEach(credentials);
  return [
    ...perRouter.map((one) => located(one, credentials, limiter, project)),
    ...firstOfEach(paid).map((one) => located(one, paid, limiter, project)),
  ];
});

function firstOfEach(open: readonly Spent[]): Spent[] {
  return [...new Map([...open].reverse().map((one) => [one.route.router, one])).values()];
}

function located(one: Spent, all: readonly Spent[], limiter: string | null, project: Project): Located<Slots> {
  const { route, kind, cause } = one;
  const others = all.filter((other) => other !== one && other.route.router === route.router).slice(0, 4);
  const entrance = limiter === null || kind === "paid" ? null : unguardedEntrance(route.router, project);
  const own = { at: { path: route.file, span: route.span }, note: `${said(route)} leads to ${spoken(cause)}` };
  return {
    at: entrance ?? { path: route.file, span: route.span },
    confidence: "likely",
    severity: limiter === null && kind === "credentials" ? "low" : "medium",
    slots: { route: said(route), kind, cause: spoken(cause), limiter: limiter === null ? "" : spoken(limiter) },
    evidence: [
      ...(entrance === null ? [] : [own]),
      ...others.map((other) => ({ at: { path: other.route.file, span: other.route.span }, note: `${said(other.route)} as well` })),
    ],
  };
}

/** Another endpoint of the project limits and the one that leads here does not: the place where the other has its plug. */
function unguardedEntrance(router: string, project: Project): Located<Slots>["at"] | null {
  const entrances = entrancesOf(project);
  const own = entrances.find(({ routers, limited }) => routers.includes(router) && !limited);
  if (
    own === undefined ||
    !entrances.some((other) => other !== own && (other.limited || other.routers.some((name) => hasLimitedRoute(name, project))))
  )
    return null;
  const line = own.module.facts.body.find((call) => call.function === "plug" && moduleNameOf(call.arguments[0]) === router);
  return line === undefined ? null : { path: own.module.path, span: line.span };
}

function hasLimitedRoute(router: string, project: Project): boolean {
  return project.routes.some((route) => route.router === router && isRouteLimited(route, project));
}

function said(route: Route): string {
  return `${route.verb.toUpperCase()} ${route.path}`;
}

/** What a route makes its caller able to spend: tries at a secret, or calls of a paid service. */
function spentBy(route: Route, project: Project): Spent | null {
  if (!/^(post|put|patch)$/.test(route.verb) || !isProduction(route.file)) return null;
  const id = actionOf(route, project);
  if (id === null) return null;
  const reach = reachOf(id, project, 4);
  const paid = firstPaid(reach, project);
  if (paid !== null) return { route, kind: "paid", cause: paid };
  if (!credentialPath.test(route.path) || notGuessed.test(route.path)) return null;
  const called = reach.flatMap((reached) => callsIn(reached, project)).find(({ function: name }) => checks.test(name));
  return called === undefined
    ? null
    : { route, kind: "credentials", cause: called.module === null ? called.function : `${called.module}.${called.function}` };
}

/** The call of a paid service's library, or the function that names its address. */
function firstPaid(reach: readonly FunctionId[], project: Project): string | null {
  for (const id of reach) {
    for (const clause of project.functions.get(id)?.facts.clauses ?? []) {
      const { calls, strings } = outlineOfClause(clause);
      const called = calls.find(({ module }) => module !== null && paidModule.test(module));
      if (called !== undefined) return `${called.module ?? ""}.${called.function}`;
      if (strings.some((text) => paidAddress.test(text))) return id;
    }
  }
  return null;
}

function isLimited(route: Route, project: Project): boolean {
  const id = actionOf(route, project);
  return isRouteLimited(route, project) || isEntranceLimited(route.router, project) || (id !== null && limitsWithin(id, project));
}

function actionOf(route: Route, project: Project): FunctionId | null {
  const functions = project.modules.get(route.module)?.facts.functions ?? [];
  const entry = functions.find(({ name, arity }) => name === route.action && arity >= 2);
  return entry === undefined ? null : `${route.module}.${entry.name}/${String(entry.arity)}`;
}
