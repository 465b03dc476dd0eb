import type { Expression } from "../../../model/expression.js";
import { outlineOfBody } from "../../../model/outline.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { atomOf, booleanOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { type Callee } from "../../shared/definition-index.js";
import { isProduction } from "../../shared/production.js";
import { isProductionConfiguration } from "../../shared/production-configuration.js";
import { anyOf, definitionsCalling, definitionsNamed, selectedIn } from "../../shared/selections.js";

type Slots = { written: string };

const connecting = anyOf(
  definitionsCalling(mayConnect),
  definitionsNamed((name) => /ssl|tls/i.test(name)),
);

export const tlsNotVerified = defineRule<Slots>({
  id: "tls-not-verified",
  title: "A TLS connection trusts whoever answers",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-295"],
  silencedBy: {},
  fix: "verify-peer",
  languages: ["elixir"],
  match(facts, project) {
    return holdersOf(facts, project).flatMap((holder) => offIn(holder).map((place) => matchOf(place, holder, facts)));
  },
  what: ({ written }) => `\`${written}\` accepts any certificate.`,
  why: () =>
    "Whoever stands between can answer in the other side's name, read what is sent, credentials included, and change what comes back.",
  instead: () =>
    "Use `verify: :verify_peer` with `cacerts: :public_key.cacerts_get()` (or the authority's own certificate as `cacertfile:`) and a `server_name_indication`.",
  notWhen: [
    "It is in the configuration for development or tests, in a test or a mix task.",
    "It is chosen by a condition, a setting or a clause: somebody decided it for that case (then it is `possible`).",
    "The server side of a connection is meant, which asks its clients for no certificate.",
  ],
  examples: [
    {
      bad: `defmodule Shop.PaymentClient do
  def charge(payment) do
    HTTPoison.post("https://pay.example/charges", payment, [], ssl: [verify: :verify_none])
  end
end
`,
      at: "verify: :verify_none",
      good: `defmodule Shop.PaymentClient do
  def charge(payment) do
    HTTPoison.post("https://pay.example/charges", payment, [], ssl: [verify: :verify_peer, cacerts: :public_key.cacerts_get()])
  end
end
`,
    },
  ],
});

const about = /ssl|tls|secur|connect|client|adapter|options|opts|request|http|socket|start|init|fetch|call|charge|post|get|send/i;
const clients =
  /^(:ssl|:hackney|:httpc|:gun|:ibrowse|HTTPoison|Finch|Mint\.\w+|Req|Tesla|Redix|Postgrex|Swoosh\.\w+|WebSockex|AMQP\.\w+|Gnat|Mojito|:gen_smtp_client)/;

/** Configuration for production, attributes and functions that have to do with connections. */
function holdersOf(facts: Facts, project: Project): Expression[] {
  if (isProductionConfiguration(facts.path)) return project.configuration.flatMap(({ path, call }) => (path === facts.path ? [call] : []));
  if (!isProduction(facts.path)) return [];
  const bodies = selectedIn(connecting, facts, project).map(({ body }) => body);
  const attributes = facts.modules.flatMap((module) =>
    module.attributes.flatMap(({ name, value }) => (/ssl|tls|options|opts|pool|hackney/.test(name) && value !== null ? [value] : [])),
  );
  const plugs = facts.modules.flatMap((module) => (outlineOfBody(module).distinct.some(mayConnect) ? module.body : []));
  return [...bodies, ...attributes, ...plugs];
}

function mayConnect({ module, function: name }: Callee): boolean {
  return (
    (module !== null && clients.test(module)) ||
    (/^(Keyword|Map)$/.test(module ?? "") ? /^put/.test(name) : /ssl|tls|connect/i.test(name) && about.test(name))
  );
}

/** `verify: :verify_none`, `Keyword.put(options, :verify, :verify_none)`, `insecure: true`. */
function offIn(root: Expression): { span: Span; written: string }[] {
  const found: { span: Span; written: string }[] = [];
  walk(root, (part) => {
    if (part.kind === "keyword")
      for (const { key, keySpan, value } of part.entries) {
        const span = { start: keySpan.start, end: value.span.end };
        if (/^(tls_)?verify$/.test(key) && /^(verify_none|never)$/.test(atomOf(value) ?? ""))
          found.push({ span, written: `${key}: :${atomOf(value) ?? ""}` });
        if (key === "insecure" && booleanOf(value) === true) found.push({ span, written: "insecure: true" });
      }
    if (
      part.kind === "call" &&
      /^put/.test(part.function) &&
      atomOf(part.arguments[1]) === "verify" &&
      atomOf(part.arguments[2]) === "verify_none"
    )
      found.push({ span: part.segment, written: `${part.module ?? ""}.${part.function}(…, :verify, :verify_none)` });
  });
  return found;
}

function matchOf({ span, written }: { span: Span; written: string }, holder: Expression, facts: Facts): Match<Slots> {
  const isChosen = [holder, ...facts.topLevel].some((root) => isConditional(root, span)) || isClauseForIt(span, facts);
  return { span, confidence: isChosen ? "possible" : "likely", slots: { written }, evidence: [] };
}

function isConditional(root: Expression, span: Span): boolean {
  let found = false;
  walk(root, (part) => {
    if (!contains(part.span, span)) return false;
    found ||=
      (part.kind === "branch" && !asksForProduction(part.subject)) ||
      (part.kind === "call" && /^put_new/.test(part.function)) ||
      (part.kind === "call" && /^(if|unless)$/.test(part.function)) ||
      part.kind === "operator";
    return;
  });
  return found;
}

/** One of several clauses, or a function that takes what it decides by. */
function isClauseForIt(span: Span, facts: Facts): boolean {
  return facts.modules.some((module) => module.functions.some(({ clauses, span: whole }) => contains(whole, span) && clauses.length > 1));
}

/** `if config_env() == :prod`: not a choice about the connection. */
function asksForProduction(condition: Expression | null): boolean {
  return condition !== null && collect(condition, "call").some(({ function: name }) => /^(config_env|env)$/.test(name));
}
