import type { Call, Expression } from "../../../model/expression.js";
import type { FunctionClause, ModuleFacts } from "../../../model/facts.js";
import { outlineOfBody } from "../../../model/outline.js";
import { collect } from "../../../model/walk.js";
import { booleanOf, elementsOf, moduleNameOf, optionOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { callsOfClauseCalling } from "../../shared/clause-calls.js";
import { isProduction } from "../../shared/production.js";

type Slots = { by: string };

export const corsTrustsEverybody = defineRule<Slots>({
  id: "cors-trusts-everybody",
  title: "Every site may read answers with the visitor's cookies",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-942", "CWE-346"],
  silencedBy: {},
  languages: ["elixir"],
  match(facts) {
    return isProduction(facts.path) ? facts.modules.flatMap(matchesIn) : [];
  },
  what: ({ by }) => `\`${by}\` lets the pages of any site send requests with credentials and read the answers.`,
  why: () =>
    "A page that a signed-in person happens to open reads, and changes, what that person can: the browser sends the cookies along, and this header lets the page see what comes back.",
  instead: () =>
    "Name the sites that may (from the configuration, compared whole, not by an open pattern), or leave credentials out where everybody may read.",
  notWhen: [
    "Credentials are not allowed, or the sites are named, configured or matched by a pattern that names a host.",
    "`*` is sent as it is with CORSPlug: browsers then refuse credentials by themselves.",
    "The function that sends the caller's own origin back looks at it first.",
    "The code is a test.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :shop

  plug Corsica, origins: "*", allow_credentials: true
end
`,
      at: `plug Corsica, origins: "*", allow_credentials: true`,
      good: `defmodule ShopWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :shop

  plug Corsica, origins: ["https://shop.example"], allow_credentials: true
end
`,
    },
    {
      bad: `defmodule ShopWeb.Cors do
  import Plug.Conn

  def call(conn, _options) do
    conn
    |> put_resp_header("access-control-allow-origin", hd(get_req_header(conn, "origin")))
    |> put_resp_header("access-control-allow-credentials", "true")
  end
end
`,
      at: `put_resp_header("access-control-allow-origin", hd(get_req_header(conn, "origin")))`,
      good: `defmodule ShopWeb.Cors do
  import Plug.Conn

  def call(conn, _options) do
    conn
    |> put_resp_header("access-control-allow-origin", "https://shop.example")
    |> put_resp_header("access-control-allow-credentials", "true")
  end
end
`,
    },
  ],
});

function matchesIn(module: ModuleFacts): Match<Slots>[] {
  const declared = outlineOfBody(module).distinct.some(({ function: name }) => name === "plug") ? module.body : [];
  const plugs = declared.filter(trustsAll).map((call) => ({ span: call.span, by: moduleNameOf(call.arguments[0]) ?? "" }));
  const sent = module.functions.flatMap(({ clauses }) => clauses.flatMap((clause) => echoesIn(clause)));
  return [...plugs, ...sent.map((call) => ({ span: call.segment, by: "access-control-allow-origin" }))].map(({ span, by }) => ({
    ...{ span, slots: { by }, evidence: [] },
    confidence: "likely" as const,
  }));
}

/** A plug of Corsica or CORSPlug that answers every origin with itself, and allows credentials. */
function trustsAll(call: Call): boolean {
  if (call.function !== "plug") return false;
  const name = moduleNameOf(call.arguments[0]);
  const options = call.arguments[1] ?? null;
  if (name === "Corsica")
    return booleanOf(optionOf(options, "allow_credentials")) === true && isAnything(optionOf(options, "origins"), true);
  return name === "CORSPlug" && booleanOf(optionOf(options, "credentials")) !== false && isAnything(optionOf(options, "origin"), false);
}

function isAnything(origins: Expression | null, star: boolean): boolean {
  return (origins?.kind === "list" ? origins.elements : elementsOf(origins)).some(
    (origin) =>
      (star && stringOf(origin) === "*") ||
      (origin.kind === "literal" && origin.type === "sigil" && /^~r.\^?(https?:?\??(:?\\?\/\\?\/)?)?\.[*+]\$?.\w*$/.test(origin.value)),
  );
}

/** The caller's own origin sent back, where the same code allows credentials and looks at nothing. */
function echoesIn(clause: FunctionClause): Call[] {
  const sent = callsOfClauseCalling(clause, "put_resp_header").filter((call) => call.function === "put_resp_header");
  const headerOf = (call: Call): string => (stringOf(call.arguments.at(-2)) ?? "").toLowerCase();
  if (!sent.some((call) => headerOf(call) === "access-control-allow-credentials")) return [];
  return sent.filter((call) => {
    const value = call.arguments.at(-1);
    if (headerOf(call) !== "access-control-allow-origin" || value === undefined) return false;
    return collect(value, "call").some(
      ({ function: name, arguments: given }) => name === "get_req_header" && stringOf(given.at(-1))?.toLowerCase() === "origin",
    );
  });
}
