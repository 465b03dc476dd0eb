import type { Call, Expression } from "../../../model/expression.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { namesSecret } from "../../shared/secrets.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { written } from "../../shared/written.js";

type Slots = { call: string; secret: string; kind: "value" | "whole" };

const logging = definitionsCalling(writesLog);

export const secretInLog = defineRule<Slots>({
  id: "secret-in-log",
  title: "A secret is written to the log",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-532"],
  silencedBy: {},
  languages: ["elixir"],
  where: logging,
  match(facts, project) {
    return selectedIn(logging, facts, project).flatMap((definition) =>
      collect(definition.body, "call")
        .flatMap((call) => matchOf(call, definition))
        .slice(0, 1),
    );
  },
  what: ({ call, secret, kind }) =>
    kind === "value"
      ? `\`${call}\` writes \`${secret}\` out as it is.`
      : `\`${call}\` writes all of \`${secret}\`, with the password or token that somebody sends here.`,
  why: () =>
    "Logs are copied, searched and kept by more people and systems than the secret is meant for; Phoenix's filter of parameters does not reach what the code writes itself.",
  instead: ({ kind }) =>
    kind === "value"
      ? "Log an id that leads to it, or a few characters of it; never the whole."
      : "Log the keys or the one value that is needed, not all that was sent.",
  notWhen: [
    "Something is made of it first: a length, a part, a hash, a redacted form.",
    "The name says that it is no secret or only a label of one: a count, a type, an id, a page or device token, a token of a parser.",
    "The text around it says that it is public, or that nothing is known by it.",
    "Another line of the same function was told of.",
    "The line is logged at `debug` (then it is `possible`: production rarely shows it).",
    "The code is a test, a seed or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Partners do
  require Logger

  def connect(partner, api_key) do
    Logger.info("connecting to #{partner} with #{api_key}")
  end
end
`,
      at: 'Logger.info("connecting to #{partner} with #{api_key}")',
      good: `defmodule Shop.Partners do
  require Logger

  def connect(partner, api_key) do
    Logger.info("connecting to #{partner} with #{String.slice(api_key, 0, 4)}…")
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.SessionController do
  use Phoenix.Controller
  require Logger

  def create(conn, params) do
    Logger.warning("sign-in failed: #{inspect(params)}")
    send_resp(conn, 401, "")
  end
end
`,
      at: 'Logger.warning("sign-in failed: #{inspect(params)}")',
      good: `defmodule ShopWeb.SessionController do
  use Phoenix.Controller
  require Logger

  def create(conn, params) do
    Logger.warning("sign-in failed: #{inspect(params["email"])}")
    send_resp(conn, 401, "")
  end
end
`,
    },
  ],
});

const levels = /^(emergency|alert|critical|error|warning|warn|notice|info|debug|log)$/;
const shows = /^(inspect|to_string|encode!?|encode_to_iodata!?)$/;
const label = /push|device|fcm|apns|csrf|page_|next_|count|tokens?_(type|id)|reset_?at|hash|digest|masked|redacted/i;
const ofLanguages = /Lexer|Parser|Tokeni[sz]er|Compiler|Syntax|Search|Crypto(?:currency)?Token|Erc20|Contract|Coin/i;
const takesSecrets = /(^|\.)(User)?(Session|Registration|Password|Login|SignIn|SignUp|Auth)\w*(Controller|Live|Plug)?(\.|$)/;
const everything = /^(params|conn|\w*(session|user|registration|login|password)_params)$/;

function writesLog({ module, function: name }: Callee): boolean {
  return (module === "Logger" && levels.test(name)) || (module === "IO" && /^(inspect|puts)$/.test(name));
}

function matchOf(call: Call, { function: entry }: Definition): Match<Slots>[] {
  if (!writesLog(call) || ofLanguages.test(entry.module)) return [];
  const given = call.function === "log" ? call.arguments.slice(1) : call.arguments;
  const outer = call.module === "IO" ? given.slice(0, 1) : given;
  const secret = first(outer, (part) => secretIn(part, takesSecrets.test(entry.module)));
  if (secret === null) return [];
  const confidence = call.function === "debug" ? "possible" : "likely";
  const slots = { call: `${call.module ?? ""}.${call.function}`, ...secret };
  return [{ span: call.segment, confidence, slots, evidence: [] }];
}

type Shown = Pick<Slots, "secret" | "kind">;

/** What of an expression is written out as it is, followed through text, lists and `inspect`. */
function secretIn(code: Expression, atDoor: boolean): Shown | null {
  const among = (parts: readonly Expression[]): Shown | null => first(parts, (part) => secretIn(part, atDoor));
  switch (code.kind) {
    case "variable":
      if (isSecret(code.name)) return { secret: code.name, kind: "value" };
      return atDoor && everything.test(code.name) ? { secret: code.name, kind: "whole" } : null;
    case "access":
      return isSecret(code.field ?? (code.key?.kind === "literal" ? code.key.value : "")) ? { secret: written(code), kind: "value" } : null;
    case "interpolation":
      return code.parts.some((part) => part.kind === "literal" && /\bpublic\b|invalid|unknown|not found/i.test(part.value))
        ? null
        : among(code.parts);
    case "operator":
      return code.operator === "<>" ? among(code.operands) : null;
    case "list":
    case "tuple":
      return among(code.elements);
    case "keyword":
      return among(code.entries.map(({ value }) => value));
    case "map":
      return among(code.entries.map(({ value }) => value));
    case "call":
      return shows.test(code.function) ? among(code.arguments.slice(0, 1)) : null;
    case "lambda":
      return among(code.clauses.map(({ body }) => body));
    default:
      return null;
  }
}

function isSecret(name: string): boolean {
  return namesSecret(name) && !label.test(name);
}

function first(parts: readonly Expression[], ask: (part: Expression) => Shown | null): Shown | null {
  for (const part of parts) {
    const found = ask(part);
    if (found !== null) return found;
  }
  return null;
}
