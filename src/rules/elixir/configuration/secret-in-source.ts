import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { ConfigurationEntry, Project } from "../../../model/project.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { isReplaced, outsideProduction, uncommitted } from "../../shared/configured.js";
import { isProduction } from "../../shared/production.js";
import { looksRandom, namesSecret, urlCredentials, vendorSecret } from "../../shared/secrets.js";

/** Looks like a secret to this rule and, put together only here, like nothing to a scanner of this repository. */
const randomValue = ["mY9sXo2K", "pQ7vT4zL", "wR8nJ3uH", "cE6gF1A0"].join("");

type Slots = { key: string; kind: string; where: "production" | "every_environment" | "code" | "fallback" };

export const secretInSource = defineRule<Slots>({
  id: "secret-in-source",
  title: "A secret is written in the source",
  trigger: "hardcoded_values",
  area: "configuration",
  severity: "high",
  cwe: ["CWE-798"],
  silencedBy: { sobelow: ["Config.Secrets"] },
  fix: "read-secret-at-start",
  match(facts, project) {
    if (/(^|\/)config\/.*\.exs$/.test(facts.path)) return inConfiguration(facts, project);
    return isProduction(facts.path) ? inCode(facts) : [];
  },
  what: ({ key, kind, where }) => {
    if (where === "fallback") return `\`${key}\` falls back to a literal (${kind}) when its environment variable is not set.`;
    if (where === "code") return `\`${key}\` holds ${kind} as a literal.`;
    return `\`${key}\` is configured with ${kind} as a literal${where === "production" ? " for production" : " for every environment, and no production configuration replaces it"}.`;
  },
  why: ({ where }) =>
    where === "fallback"
      ? "A deployment that forgets the variable starts without complaint and runs with a value that everyone with the source knows."
      : "Everyone who can read the repository, its history or a build holds the production secret, and replacing it takes a new release.",
  instead: ({ key, where }) =>
    where === "fallback"
      ? `Read it in \`config/runtime.exs\` with \`System.fetch_env!/1\`, so that a deployment without \`${key}\` does not start, and replace the value that was published.`
      : `Read \`${key}\` in \`config/runtime.exs\` with \`System.fetch_env!/1\`, keep a stand-in in \`config/dev.exs\` and \`config/test.exs\`, and replace the value: it stays in the history.`,
  notWhen: [
    "The file is for development or tests (`dev.exs`, `test.exs`), or the condition around it says so.",
    "`prod.exs`, `releases.exs`, `runtime.exs`, a file imported but not committed, or code at start replaces the value.",
    "The value is a stand-in, a salt, a public key, a name, a path or an identifier.",
    "The value is read from the environment or a secret store.",
    "The code is a test, a seed, a script or a mix task.",
  ],
  examples: [
    {
      bad: {
        "config/config.exs": `import Config

config :shop, ShopWeb.Endpoint,
  secret_key_base: "${randomValue}"
`,
      },
      at: `secret_key_base: "${randomValue}"`,
      good: {
        "config/config.exs": `import Config

config :shop, ShopWeb.Endpoint,
  secret_key_base: "${randomValue}"
`,
        "config/runtime.exs": `import Config

if config_env() == :prod do
  config :shop, ShopWeb.Endpoint, secret_key_base: System.fetch_env!("SECRET_KEY_BASE")
end
`,
      },
    },
    {
      bad: `defmodule Shop.Billing do
  @api_key "${randomValue}"

  def charge(amount), do: Shop.Client.post("/charges", amount, @api_key)
end
`,
      at: `@api_key "${randomValue}"`,
      good: `defmodule Shop.Billing do
  def charge(amount), do: Shop.Client.post("/charges", amount, api_key())

  defp api_key, do: Application.fetch_env!(:shop, :api_key)
end
`,
    },
  ],
});

/** A literal under a name, wherever it stands. */
interface Named {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
  readonly fallback: boolean;
}

function inConfiguration(facts: Facts, project: Project): Match<Slots>[] {
  const file = facts.path.slice(facts.path.lastIndexOf("/") + 1);
  if (/^(dev|test|ci|local|docker|e2e|integration|bench|staging\.example).*\.exs$|\.(sample|example|template)\.exs$/.test(file)) return [];
  const skipped = facts.topLevel.flatMap(outsideProduction);
  return project.configuration
    .filter((entry) => entry.path === facts.path && !skipped.some((span) => span.start <= entry.span.start && entry.span.end <= span.end))
    .flatMap((entry) =>
      namedIn(entry).flatMap((named) => {
        const kind = secretKind(named);
        if (kind === null || (isReplaced(entry, named.key, project) && !/(^|\/)runtime\.exs$/.test(facts.path))) return [];
        const forProduction = /^(prod|releases|runtime)/.test(file);
        const where = named.fallback ? "fallback" : forProduction ? "production" : "every_environment";
        return [matchOf(named, kind, where, [], uncommitted(project) && !forProduction)];
      }),
    );
}

/** `key: value` pairs of an entry, nested ones included, and the entry's own key. */
function namedIn(entry: ConfigurationEntry): Named[] {
  const own = entry.key === null ? [] : literalsOf(entry.key, entry.value, entry.span);
  const pairs = collect(entry.value, "keyword").flatMap((keyword) =>
    keyword.entries.flatMap(({ key, keySpan, value }) => literalsOf(key, value, { start: keySpan.start, end: value.span.end })),
  );
  return [...own, ...pairs];
}

/** The literal itself, or the one an environment variable falls back to. */
function literalsOf(key: string, value: Expression, span: Span): Named[] {
  if (value.kind === "literal" && value.type === "string") return [{ key, value: value.value, span, fallback: false }];
  if (value.kind === "operator" && value.operator === "||") {
    return value.operands
      .slice(1)
      .flatMap((operand) => literalsOf(key, operand, span))
      .map((named) => ({ ...named, fallback: true }));
  }
  if (value.kind !== "call" || value.module !== "System" || value.function !== "get_env") return [];
  const [, fallback] = value.arguments;
  return fallback === undefined ? [] : literalsOf(key, fallback, span).map((named) => ({ ...named, fallback: true }));
}

function inCode(facts: Facts): Match<Slots>[] {
  const attributes = facts.modules.flatMap((module) =>
    module.attributes.flatMap((attribute) =>
      attribute.value === null ? [] : literalsOf(`@${attribute.name}`, attribute.value, attribute.span),
    ),
  );
  const clauses = facts.modules.flatMap((module) => module.functions.flatMap((definition) => definition.clauses));
  const bodies = clauses.flatMap((clause) =>
    outlineOfClause(clause).strings.some(mayBeSecret) && clause.body !== null ? [clause.body] : [],
  );
  const pairs = bodies.flatMap((body) => [
    ...collect(body, "keyword").flatMap((keyword) =>
      keyword.entries.flatMap(({ key, keySpan, value }) => literalsOf(key, value, { start: keySpan.start, end: value.span.end })),
    ),
    ...collect(body, "match").flatMap((match) =>
      match.pattern.kind === "variable" ? literalsOf(match.pattern.name, match.value, match.span) : [],
    ),
    ...collect(body, "literal").flatMap((literal): Named[] =>
      literal.type === "string" && urlCredentials(literal.value)
        ? [{ key: "URL", value: literal.value, span: literal.span, fallback: false }]
        : [],
    ),
  ]);
  return [...attributes, ...pairs].flatMap((named) => {
    const kind = secretKind(named);
    return kind === null ? [] : [matchOf(named, kind, named.fallback ? "fallback" : "code", [], false)];
  });
}

/** Whether a text could be a secret under some name. */
function mayBeSecret(value: string): boolean {
  return vendorSecret(value) !== null || urlCredentials(value) || looksRandom(value);
}

/** What makes a named literal a secret, else null. */
function secretKind(named: Named): string | null {
  const vendor = vendorSecret(named.value);
  if (vendor !== null) return vendor;
  if (urlCredentials(named.value)) return "a URL with credentials";
  return namesSecret(named.key) && looksRandom(named.value) ? "a secret value" : null;
}

function matchOf(named: Named, kind: string, where: Slots["where"], evidence: Clue[], doubtful: boolean): Match<Slots> {
  const certain = kind !== "a secret value" || where === "production";
  return {
    span: named.span,
    confidence: doubtful ? "possible" : certain ? "certain" : "likely",
    severity: kind !== "a secret value" && where !== "fallback" ? "critical" : "high",
    slots: { key: named.key, kind, where },
    evidence,
  };
}
