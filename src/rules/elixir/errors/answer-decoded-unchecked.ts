import type { Branch, Call, Expression } from "../../../model/expression.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import type { Project } from "../../../model/project.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; decode: string };

const decoding = definitionsCalling(decodes);

export const answerDecodedUnchecked = defineRule<Slots>({
  id: "answer-decoded-unchecked",
  title: "A service's answer is decoded without looking at its status",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-754"],
  silencedBy: {},
  where: decoding,
  match(facts, project) {
    return selectedIn(decoding, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => (decodes(call) ? matchOf(call, definition, project) : [])),
    );
  },
  what: ({ inside, decode }) => `\`${inside}\` gives the body of an HTTP answer to \`${decode}\` whatever its status is.`,
  why: ({ decode }) =>
    `An outage of the other side answers with an HTML page or nothing at all: \`${decode}\` raises on it, and the log tells of an unexpected byte instead of a 502.`,
  instead: ({ decode }) =>
    `Match the status first (\`{:ok, %{status: 200, body: body}}\`), answer any other with \`{:error, …}\`, and decode with \`${decode.replace("!", "")}\` where the other side may send something else.`,
  notWhen: [
    "The status is matched, compared or asked for before, or a helper that takes the whole answer may do so.",
    "The exception is rescued around it.",
    "The client decodes by itself, or refuses errors (`Req` with `http_errors: :raise`).",
    "The body comes from a parameter: who called has looked at it, or not.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Rates do
  def fetch(currency) do
    case HTTPoison.get("https://rates.example.com/" <> currency) do
      {:ok, %{body: body}} -> {:ok, Jason.decode!(body)}
      {:error, error} -> {:error, error}
    end
  end
end
`,
      at: "Jason.decode!(body)",
      good: `defmodule Shop.Rates do
  def fetch(currency) do
    case HTTPoison.get("https://rates.example.com/" <> currency) do
      {:ok, %{status_code: 200, body: body}} -> {:ok, Jason.decode!(body)}
      {:ok, response} -> {:error, response.status_code}
      {:error, error} -> {:error, error}
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Captcha do
  def valid?(token) do
    response = HTTPoison.post!("https://captcha.example.com/verify", token)
    Jason.decode!(response.body)["success"]
  end
end
`,
      at: "Jason.decode!(response.body)",
      good: `defmodule Shop.Captcha do
  def valid?(token) do
    response = HTTPoison.post!("https://captcha.example.com/verify", token)
    response.status_code == 200 and Jason.decode!(response.body)["success"]
  end
end
`,
    },
  ],
});

const decoders = /^(Jason|Poison|JSON|Jaxon|:jiffy|:jsx)$/;

function decodes({ module, function: name }: Callee): boolean {
  return name === "decode!" && module !== null && decoders.test(module);
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [given] = call.arguments;
  const body = given === undefined ? null : answerBody(given, call, definition, project);
  if (body === null || looksAtStatus(definition) || isRescued(call, definition)) return [];
  const slots = { inside: spoken(definition.id), decode: `${call.module ?? ""}.${call.function}` };
  return [
    {
      span: call.segment,
      confidence: "likely",
      slots,
      evidence: [{ at: { path: definition.function.path, span: body.span }, note: "the request" }],
    },
  ];
}

/** The request whose answer is decoded: `response.body`, or a name taken out of `%{body: body}`. */
function answerBody(given: Expression, decode: Call, definition: Definition, project: Project): Expression | null {
  if (given.kind === "access" && given.field === "body") {
    const source = resolved(given.subject, definition.body);
    return source.kind === "call" ? requestIn(source, definition, project) : null;
  }
  if (given.kind !== "variable") return null;
  const source = sourceOfBody(given.name, decode, definition.body);
  return source === null ? null : requestIn(resolved(source, definition.body), definition, project);
}

/** What a pattern `%{body: name}` around the place, or before it, is matched with. */
function sourceOfBody(name: string, decode: Call, body: Expression): Expression | null {
  for (const branch of collect(body, "branch")) {
    if (!contains(branch.span, decode.span)) continue;
    const arm = branch.clauses.find(({ span }) => contains(span, decode.span));
    if (branch.form === "case" && arm?.patterns.some((pattern) => takesBody(pattern, name))) return branch.subject;
    const step = branch.steps.find(({ pattern }) => pattern !== null && takesBody(pattern, name));
    if (step !== undefined) return step.value;
  }
  const match = collect(body, "match").find(({ pattern, span }) => span.end <= decode.span.start && takesBody(pattern, name));
  return match?.value ?? null;
}

function takesBody(pattern: Expression, name: string): boolean {
  return collect(pattern, "map").some(({ entries }) =>
    entries.some(({ key, value }) => atomOf(key) === "body" && value.kind === "variable" && value.name === name),
  );
}

const clients = /^(HTTPoison|Finch|Tesla|Mojito|HTTPotion|:hackney)(\.|$)/;

/** A call of a client, or of a module that is one (`use HTTPoison.Base`), that hands over answers as they came; `Req` has decoded them, a function of the project may. */
function requestIn(source: Expression, definition: Definition, project: Project): Expression | null {
  if (source.kind !== "call" || source.module === null || source.module === "Req") return null;
  const sites = effectsWithin(project, definition.id, source.span).filter(({ effect, callee }) => effect === "http" && callee === null);
  return sites.length > 0 && (clients.test(source.module) || project.modules.has(source.module)) ? source : null;
}

/** Any word about a status in the function. */
function looksAtStatus({ body, clause }: Definition): boolean {
  const isStatus = (name: string | null): boolean => name !== null && /^(status|status_code|code)$/.test(name);
  return [body, ...clause.parameters].some(
    (code) =>
      collect(code, "access").some(({ field }) => isStatus(field)) ||
      collect(code, "map").some(({ entries }) => entries.some(({ key }) => isStatus(atomOf(key)))),
  );
}

function isRescued(call: Call, { body }: Definition): boolean {
  return collect(body, "branch").some(
    (branch: Branch) => branch.form === "try" && contains(branch.span, call.span) && branch.clauses.some(({ role }) => role === "rescue"),
  );
}
