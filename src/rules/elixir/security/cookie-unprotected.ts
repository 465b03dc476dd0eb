import type { Call, Expression, Keyword } from "../../../model/expression.js";
import type { ModuleFacts } from "../../../model/facts.js";
import { outlineOfBody } from "../../../model/outline.js";
import { booleanOf, optionOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { callsOfClausesCalling } from "../../shared/clause-calls.js";
import { isProduction } from "../../shared/production.js";
import { written } from "../../shared/written.js";

type Slots = { cookie: string; option: string; lost: "secure" | "http_only" };

export const cookieUnprotected = defineRule<Slots>({
  id: "cookie-unprotected",
  title: "A cookie that lets people in is sent without its protection",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-614", "CWE-1004"],
  silencedBy: {},
  languages: ["elixir"],
  match(facts) {
    return isProduction(facts.path) ? facts.modules.flatMap((module) => matchesIn(module)) : [];
  },
  what: ({ cookie, option }) => `The cookie ${cookie} is set with \`${option}\`.`,
  why: ({ lost }) =>
    lost === "secure"
      ? "The browser sends it over plain HTTP too: whoever is on the way reads it there, and is signed in."
      : "Any script on the page can read it: a single hole for scripts then takes over accounts instead of one page.",
  instead: ({ lost }) =>
    lost === "secure"
      ? "Leave the option out: Plug sets it for HTTPS, and `force_ssl` with `rewrite_on` tells it behind a proxy."
      : "Leave the option out: Plug keeps scripts away by default. What a script needs to know belongs in a cookie of its own.",
  notWhen: [
    "The option is left out: Plug's own choice then holds (`http_only`, and `secure` on HTTPS).",
    "The name says that the cookie is about no more than a setting: a language, a theme, a banner.",
    "The value depends on the environment or is configured.",
    'A session\'s cookie that some other attribute widens on purpose (`same_site: "None"` for embedding): the code does not tell who embeds it.',
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.UserAuth do
  def remember(conn, token) do
    Plug.Conn.put_resp_cookie(conn, "remember_token", token, http_only: false, max_age: 86_400)
  end
end
`,
      at: "http_only: false",
      good: `defmodule ShopWeb.UserAuth do
  def remember(conn, token) do
    Plug.Conn.put_resp_cookie(conn, "remember_token", token, max_age: 86_400)
  end
end
`,
    },
  ],
});

const letsIn = /session|token|auth|remember|jwt|sid\b|_key$|login|user/i;

function matchesIn(module: ModuleFacts): Match<Slots>[] {
  const plugs = outlineOfBody(module).distinct.some(({ function: name }) => name === "plug") ? module.body : [];
  return [...plugs, ...callsOfClausesCalling(module, "put_resp_cookie")].flatMap((call) => {
    const options = optionsOf(call, module);
    return options === null ? [] : matchOf(call, options);
  });
}

/** The options of a call that sets a cookie, also when an attribute of the module holds them. */
function optionsOf(call: Call, module: ModuleFacts): Keyword | null {
  const isSession = call.function === "plug" && call.arguments[0]?.kind === "module" && call.arguments[0].name === "Plug.Session";
  if (!isSession && call.function !== "put_resp_cookie") return null;
  const given = call.arguments.at(-1);
  const value = given?.kind === "attribute" ? (module.attributes.find(({ name }) => name === given.name)?.value ?? null) : (given ?? null);
  return keywordOf(value);
}

function keywordOf(value: Expression | null): Keyword | null {
  return value?.kind === "keyword" ? value : null;
}

function matchOf(call: Call, options: Keyword): Match<Slots>[] {
  const named = call.function === "plug" ? (stringOf(optionOf(options, "key")) ?? "session") : (stringOf(call.arguments[1]) ?? "");
  const shown = named === "" ? written(call.arguments[1] ?? null) : `"${named}"`;
  if (!letsIn.test(shown)) return [];
  return options.entries.flatMap(({ key, keySpan, value }) => {
    if ((key !== "secure" && key !== "http_only") || booleanOf(value) !== false) return [];
    const slots = { cookie: `\`${shown}\``, option: `${key}: false`, lost: key } as const;
    return [{ span: { start: keySpan.start, end: value.span.end }, confidence: "likely" as const, slots, evidence: [] }];
  });
}
