import type { Call, Expression } from "../../../model/expression.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { effectsOf } from "../../../project/effects-of.js";
import { atomOf, elementsOf, optionOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";

type Slots = { call: string; how: "unlimited" | "skipped" | "absent" };

const tokens = definitionsCalling(handlesToken);

export const tokenNeverExpires = defineRule<Slots>({
  id: "token-never-expires",
  title: "A signed token is good for ever",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-613"],
  silencedBy: {},
  languages: ["elixir"],
  where: tokens,
  match(facts, project) {
    return selectedIn(tokens, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, how }) =>
    how === "unlimited"
      ? `\`${call}\` takes tokens of any age (\`max_age: :infinity\`).`
      : how === "skipped"
        ? `\`${call}\` leaves \`exp\` out of the tokens it makes.`
        : `\`${call}\` signs claims without \`exp\`.`,
  why: () =>
    "A token that leaked once, in a log, a mail or a browser's history, lets in whoever finds it until the signing key is changed for everybody.",
  instead: ({ how }) =>
    how === "unlimited"
      ? "Give `max_age:` in seconds, as long as the token's purpose needs; for what has to last, keep the token in the database, where it can be revoked."
      : "Give it an `exp` claim that fits its purpose, and renew it while it is used.",
  notWhen: [
    "An age is given, or the default of `Phoenix.Token` (one day) is left to hold.",
    "The claims are put together elsewhere, or by Joken's and Guardian's defaults, which have `exp`.",
    "The function, or one that calls it, asks the database: what is kept there can be revoked.",
    "It says by its salt that it grants nothing worth keeping: unsubscribing, tracking, an image, a cursor.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ApiToken do
  def read(token), do: Phoenix.Token.verify(ShopWeb.Endpoint, "api access", token, max_age: :infinity)
end
`,
      at: `Phoenix.Token.verify(ShopWeb.Endpoint, "api access", token, max_age: :infinity)`,
      good: `defmodule ShopWeb.ApiToken do
  def read(token), do: Phoenix.Token.verify(ShopWeb.Endpoint, "api access", token, max_age: 86_400)
end
`,
    },
    {
      bad: `defmodule Shop.Token do
  use Joken.Config

  def token_config, do: default_claims(skip: [:aud, :exp])
end
`,
      at: "default_claims(skip: [:aud, :exp])",
      good: `defmodule Shop.Token do
  use Joken.Config

  def token_config, do: default_claims(skip: [:aud])
end
`,
    },
  ],
});

const harmless =
  /unsub|track|pixel|image|avatar|cursor|embed|feed|rss|calendar|ical|share|preview|email_?open|(^|_)(ref|reply|state|nonce)(_|$)/i;

function handlesToken({ module, function: name }: Callee): boolean {
  if (module === "Phoenix.Token" || module === "Plug.Crypto") return /^(verify|decrypt)$/.test(name);
  if (module === "JOSE.JWT") return name === "sign";
  return name === "default_claims" && (module === null || module === "Joken.Config");
}

function matchOf(call: Call, { id }: Definition, project: Project): Match<Slots>[] {
  const how = handlesToken(call) ? faultOf(call) : null;
  if (
    how === null ||
    (how === "unlimited" && isLookedUp(id, project, steps)) ||
    harmless.test(call.arguments.map((argument) => stringOf(argument) ?? "").join(" "))
  )
    return [];
  const name = call.module === null ? call.function : `${call.module}.${call.function}`;
  return [{ span: call.segment, confidence: "likely", slots: { call: name, how }, evidence: [] }];
}

const steps = 2;

/** Whether the function, or one that calls it, asks the database: what is kept there can be revoked. */
function isLookedUp(id: FunctionId, project: Project, above: number): boolean {
  if (effectsOf(project, id).has("query")) return true;
  return above > 0 && callersOf(project, id).some(({ caller }) => isLookedUp(caller, project, above - 1));
}

function faultOf(call: Call): Slots["how"] | null {
  if (call.function === "default_claims")
    return elementsOf(optionOf(call, "skip")).some((claim) => atomOf(claim) === "exp") ? "skipped" : null;
  if (call.module === "JOSE.JWT") return isWithoutExpiry(call.arguments.at(-1)) ? "absent" : null;
  return atomOf(optionOf(call, "max_age")) === "infinity" ? "unlimited" : null;
}

/** Claims written out on the spot, none of which is `exp`. */
function isWithoutExpiry(claims: Expression | undefined): boolean {
  if (claims?.kind !== "map" || claims.base !== null || claims.entries.length === 0) return false;
  return !claims.entries.some(({ key }) => key.kind !== "literal" || key.value === "exp");
}
