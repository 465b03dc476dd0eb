import type { Call } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, elementsOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { originOf, type Origin } from "../../shared/origin.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { value: string; origin: Origin; transport: string; request: string };

const callers = definitionsCalling(decodesTerms);

export const termFromInput = defineRule<Slots>({
  id: "term-from-input",
  title: "Erlang terms are decoded from outside without `:safe`",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-502"],
  silencedBy: { sobelow: ["Misc.BinToTerm"] },
  fix: "decode-safely",
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ value }) => `\`:erlang.binary_to_term\` builds any term out of ${value}, atoms, references and functions included.`,
  why: ({ origin, transport, request }) => {
    const stem =
      origin === "request"
        ? "The bytes come from the request"
        : `The bytes were carried as text (\`${transport}\`), and nothing seen here says that only this program can have written them`;
    return `${stem}${request === "" ? "" : ` (\`${request}\` leads here)`}: whoever changes them can fill the atom table, which stops the node, or smuggle in a function that runs when it is called.`;
  },
  instead: () =>
    "Use `Plug.Crypto.non_executable_binary_to_term(binary, [:safe])`, or carry the data as JSON; sign it where it must come back unchanged.",
  notWhen: [
    "`[:safe]` is given.",
    "The bytes were signed or encrypted by this program and verified on the way.",
    "The bytes come from the program's own storage (a table, a cache, a file, another node), or their origin cannot be followed to a request (then it is `possible` where they were carried as text).",
    "The code is a test, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.CartController do
  use Phoenix.Controller

  def restore(conn, %{"cart" => cart}) do
    json(conn, cart |> Base.decode64!() |> :erlang.binary_to_term())
  end
end
`,
      at: "cart |> Base.decode64!() |> :erlang.binary_to_term()",
      good: `defmodule ShopWeb.CartController do
  use Phoenix.Controller

  def restore(conn, %{"cart" => cart}) do
    json(conn, cart |> Base.decode64!() |> :erlang.binary_to_term([:safe]))
  end
end
`,
    },
  ],
});

function decodesTerms({ module, function: name }: Callee): boolean {
  return module === ":erlang" && name === "binary_to_term";
}

const carriers = /^(url_)?(decode64|decode32|decode16|decode_www_form)!?$/;
const verifiers = /verif|decrypt|hmac|signed|MessageVerifier|MessageEncryptor|Phoenix\.Token/i;

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [value] = call.arguments;
  if (!decodesTerms(call) || value === undefined || isSafe(call)) return [];
  const before = collect(definition.body, "call");
  if (before.some(({ module, function: name }) => verifiers.test(`${module ?? ""}.${name}`))) return [];
  const origin = originOf(value, definition, project);
  const carrier = before.find(({ module, function: name }) => module === "Base" && carriers.test(name));
  if (origin !== "request" && carrier === undefined) return [];
  const [entry] = requestPath(project, definition.id) ?? [];
  const request = entry === undefined || entry === definition.id ? "" : spoken(entry);
  const text = written(value);
  const transport = carrier === undefined ? "" : `${carrier.module ?? ""}.${carrier.function}`;
  const slots = { value: text === "…" ? "the bytes" : `\`${text}\``, origin, transport, request };
  return [{ span: call.span, confidence: origin === "request" ? "likely" : "possible", slots, evidence: [] }];
}

function isSafe(call: Call): boolean {
  const [, options] = call.arguments;
  return options !== undefined && elementsOf(options).some((option) => atomOf(option) === "safe");
}
