import type { Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Effect, FunctionId, Project, ProjectFunction, Route } from "../../../model/project.js";
import { collect, walk } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { reachOf } from "../../../project/reach-of.js";
import { underscore } from "../../../project/underscore.js";
import { defineRule, type Match } from "../../define.js";
import { guardOf } from "../../shared/authentication.js";
import { handlersOf } from "../../shared/handlers.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { handler: string; route: string; effect: string };

export const webhookNotVerified = defineRule<Slots>({
  id: "webhook-not-verified",
  title: "A webhook acts without checking who sent it",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-345", "CWE-306"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return webhooks(project).flatMap(({ entry, route }) => (entry.path === facts.path ? matchOf(entry, route, project) : []));
  },
  what: ({ handler, route, effect }) =>
    `\`${handler}\` answers \`${route}\` and ${effect}, but nothing on the way checks a signature or a shared secret.`,
  why: () => "The address is no secret: anybody who guesses it can send events that this code takes for the provider's.",
  instead: () =>
    "Compare the provider's signature of the raw body, or a secret, with `Plug.Crypto.secure_compare/2` before anything is read from the parameters, and answer 401 otherwise.",
  notWhen: [
    "A plug on the way, or one of the endpoint that names the provider, turns strangers away.",
    "The action, or what it calls three steps deep, verifies a signature, compares a secret or asks the provider for the event again.",
    "The path carries a token or secret that the action looks at.",
    "The action has no effect beyond its answer.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    pipe_through :api
    post "/webhooks/parcels", ParcelController, :webhook
  end
end

defmodule ShopWeb.ParcelController do
  use Phoenix.Controller

  def webhook(conn, %{"parcel" => number, "state" => state}) do
    Shop.Repo.update_all(Shop.Parcel.numbered(number), set: [state: state])
    send_resp(conn, 204, "")
  end
end
`,
      at: "webhook",
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    pipe_through :api
    post "/webhooks/parcels", ParcelController, :webhook
  end
end

defmodule ShopWeb.ParcelController do
  use Phoenix.Controller

  def webhook(conn, %{"parcel" => number, "state" => state, "secret" => secret}) do
    true = Plug.Crypto.secure_compare(secret, Application.fetch_env!(:shop, :parcel_secret))
    Shop.Repo.update_all(Shop.Parcel.numbered(number), set: [state: state])
    send_resp(conn, 204, "")
  end
end
`,
    },
  ],
});

const hook = /web_?hook|(^|[/_-])hooks?([/_-]|$)/i;
const verifying =
  /verif|secure_compare|hmac|(^|_)mac(_|$)|signature|construct_event|(valid|check|authenticate|authori[sz]e|compare|match)\w*_?(secret|token|signature|key|webhook|request|event)|webhook_secret|basic_auth|(retrieve|fetch|get)_event/i;
const secretName = /secret|signature|token|api_?key|password|hmac/i;
const acting: readonly (readonly [Effect, string])[] = [
  ["write", "writes to the database"],
  ["enqueue", "enqueues a job"],
  ["mail", "sends mail"],
  ["command", "runs a command"],
  ["http", "calls another service"],
  ["process_call", "talks to a process"],
];

interface Webhook {
  readonly entry: ProjectFunction;
  readonly route: Route;
}

const webhooks = perProject((project): readonly Webhook[] =>
  handlersOf(project).flatMap(({ function: entry, route }) =>
    route !== null && route.verb === "post" && [route.path, entry.facts.name].some((name) => hook.test(name)) ? [{ entry, route }] : [],
  ),
);

function matchOf(entry: ProjectFunction, route: Route, project: Project): Match<Slots>[] {
  const effects = effectsOf(project, entry.id);
  const effect = acting.find(([name]) => effects.has(name));
  if (effect === undefined || guardOf(route, project) !== null || route.unreadMacros.length > 0) return [];
  if (verifies(entry.id, project, 3) || isVerifiedBefore(route, project)) return [];
  const cause = effects.get(effect[0]);
  const evidence = cause === undefined ? [] : [{ at: cause.at, note: `${effect[1]} here` }];
  const slots = { handler: spoken(entry.id), route: `POST ${route.path}`, effect: effect[1] };
  return [
    {
      span: entry.facts.nameSpan,
      confidence: "likely",
      slots,
      evidence: [{ at: { path: route.file, span: route.span }, note: "the route" }, ...evidence],
    },
  ];
}

/** Whether a function, or what it leads to in so many calls, looks at a signature or a secret. */
function verifies(id: FunctionId, project: Project, calls: number): boolean {
  return reachOf(id, project, calls).some((reached) => verifiesItself(reached, project));
}

function verifiesItself(id: FunctionId, project: Project): boolean {
  return (project.functions.get(id)?.facts.clauses ?? []).some(
    (clause) =>
      outlineOfClause(clause).calls.some(
        ({ module, function: name }) => verifying.test(name) || /Webhook\b.*Signature|Stripe\.Webhook/.test(module ?? ""),
      ) || [...clause.parameters, clause.guard, clause.body].some((code) => code !== null && comparesSecret(code)),
  );
}

/** `token == expected`, a pinned secret in a pattern. */
function comparesSecret(code: Expression): boolean {
  let found = false;
  const isSecret = (part: Expression): boolean =>
    (part.kind === "variable" && secretName.test(part.name)) ||
    (part.kind === "access" && secretName.test(part.field ?? (part.key?.kind === "literal" ? part.key.value : ""))) ||
    (part.kind === "call" && secretName.test(part.function));
  walk(code, (part) => {
    if (part.kind === "operator" && /^(==|!=|===|!==)$/.test(part.operator)) found ||= part.operands.some(isSecret);
    if (part.kind === "variable") found ||= part.pinned && secretName.test(part.name);
    return !found;
  });
  return found;
}

/** A plug of the endpoint may look at the path: one that verifies is trusted for the provider it names, and for all when it names none. */
function isVerifiedBefore(route: Route, project: Project): boolean {
  const words = route.path
    .toLowerCase()
    .split(/[/_-]/)
    .filter((word) => word.length > 3 && !word.startsWith(":") && !generic.test(word));
  return verifyingPlugs(project).some(({ words: own, text }) => {
    const providers = own.filter((word) => !generic.test(word));
    return providers.length === 0
      ? own.some((word) => hook.test(word))
      : words.some((word) => providers.includes(word) || text.includes(word));
  });
}

const generic =
  /^(plugs?|web_?hooks?|hooks?|verif\w*|valid\w*|check\w*|authenticat\w*|signatures?|pars\w*|raw|body|cach\w*|reader|request|secret|payload)$/;

const verifyingPlugs = perProject((project) =>
  [...project.modules.values()]
    .filter(({ role, name }) => role === "plug" || name.endsWith("Plug"))
    .filter(({ name }) => verifying.test(underscore(name)) || verifies(`${name}.call/2`, project, 2))
    .map(({ name, facts }) => ({
      words: underscore(name.split(".").at(-1) ?? name).split("_"),
      text: facts.functions
        .flatMap(({ clauses }) => clauses.flatMap(({ parameters, body }) => [...parameters, ...(body === null ? [] : [body])]))
        .flatMap((code) => collect(code, "literal").map(({ value }) => value.toLowerCase()))
        .join(" "),
    })),
);
