import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { optionOf, stringOf } from "../../../project/values.js";
import { findFunction } from "../../../project/find-function.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { sentTo } from "../../shared/sent.js";
import { written } from "../../shared/written.js";

type Slots = { call: string; address: string; goes: "browser" | "server" };

const callers = definitionsCalling(goesOut);

export const addressFromInput = defineRule<Slots>({
  id: "address-from-input",
  title: "A client chooses where a request or redirect goes",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-601", "CWE-918"],
  silencedBy: {},
  languages: ["elixir"],
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, address, goes }) =>
    goes === "browser"
      ? `\`${call}\` sends the browser to ${address}, and a client chooses that.`
      : `\`${call}\` asks the server at ${address}, and a client chooses that.`,
  why: ({ goes }) =>
    goes === "browser"
      ? "A link that begins with your host can then end on somebody else's copy of your login form."
      : "The request comes from inside: it reaches the cloud's metadata service, databases and admin pages that no client could reach, and brings back what they say.",
  instead: ({ goes }) =>
    goes === "browser"
      ? "Redirect within the application with `redirect(conn, to: path)`, which refuses other hosts, or compare the host of `URI.parse(url)` with a list first."
      : "Compare scheme and host with a list of those you mean to ask; where any host is wanted, resolve it first and refuse private, loopback and link-local addresses, also after redirects.",
  notWhen: [
    "The host is written in the source or configured, and a client only fills a path or query after it.",
    "`redirect(to: …)` is used: Phoenix refuses other hosts there.",
    "A guard, a membership test or a check has looked at the address.",
    "The address comes from the database or cannot be followed to what a client sent.",
    "The code is a test, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.SessionController do
  use Phoenix.Controller

  def create(conn, params) do
    redirect(conn, external: params["return_to"] || "/")
  end
end
`,
      at: `redirect(conn, external: params["return_to"] || "/")`,
      good: `defmodule ShopWeb.SessionController do
  use Phoenix.Controller

  def create(conn, params) do
    redirect(conn, external: "https://shop.example/account?tab=#{params["tab"]}")
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.PreviewController do
  use Phoenix.Controller

  def show(conn, %{"url" => url}) do
    json(conn, Shop.Preview.fetch(url))
  end
end

defmodule Shop.Preview do
  def fetch(url), do: Req.get!(url).body
end
`,
      at: "Req.get!(url)",
      good: `defmodule ShopWeb.PreviewController do
  use Phoenix.Controller

  def show(conn, %{"url" => url}) do
    if Shop.Preview.allowed?(url), do: json(conn, Shop.Preview.fetch(url))
  end
end

defmodule Shop.Preview do
  def allowed?(url), do: URI.parse(url).host in ["shop.example"]
  def fetch(url), do: Req.get!(url).body
end
`,
    },
  ],
});

const clients =
  /^(HTTPoison(\.Base)?|Req|Tesla|Finch|Mojito|HTTPotion|Download|Neuron|:hackney|:httpc|:gun|:ibrowse|Mint\.HTTP|WebSockex)$/;
const verbs = /^(get|post|put|patch|delete|head|options|request|build|stream|connect|start_link|from|open|run|new)!?$/;
const cleans =
  /valid|allow|permit|known|safe|check|verif|whitelist|trusted|local|internal|private|public|same_?(host|origin)|sanitize|slug|encode|^(Integer|Float|Ecto\.UUID)\./i;

function goesOut({ module, function: name }: Callee): boolean {
  if (name === "redirect") return module === null || module === "Phoenix.Controller" || module === "Phoenix.LiveView";
  return module !== null && clients.test(module) && verbs.test(name);
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  if (!goesOut(call)) return [];
  const goes = call.function === "redirect" ? "browser" : "server";
  if (goes === "browser" && findFunction(project, definition.function.module, "redirect", call.arguments.length) !== null) return [];
  const address = goes === "browser" ? optionOf(call, "external") : addressOf(call);
  if (address === null) return [];
  const steps = sentTo(address, definition, project, { cleans, within: "start" });
  if (steps === null) return [];
  const text = written(address);
  const slots = {
    call: `${call.module === null || call.module.startsWith("Phoenix") ? "" : `${call.module}.`}${call.function}`,
    address: text === "…" ? "an address" : `\`${text}\``,
    goes,
  } as const;
  return [{ span: call.segment, confidence: "likely", severity: goes === "browser" ? "medium" : "high", slots, evidence: steps }];
}

/** The address among a client's arguments: after the verb where that is given, or under `url:`. */
function addressOf({ module, function: name, arguments: given }: Call): Expression | null {
  for (const argument of given) {
    const named = optionOf(argument, "url") ?? optionOf(argument, "base_url");
    if (named !== null) return named;
  }
  if (module === ":httpc" && given.length > 1) return given[1]?.kind === "tuple" ? (given[1].elements[0] ?? null) : null;
  const byVerb = /^(request!?|build)$/.test(name) && given.length > 1;
  const [first, second] = given;
  if (module === "Tesla")
    return given.length > 1 && stringOf(first) === null && first?.kind !== "interpolation" ? (second ?? null) : (first ?? null);
  if (module === "Mint.HTTP") return second ?? null;
  return (byVerb ? second : first) ?? null;
}
