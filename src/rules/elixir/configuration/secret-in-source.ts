import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { outlineOfBody, outlineOfClause } from "../../../model/outline.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { isReplaced, outsideProduction, uncommitted } from "../../shared/configured.js";
import { literalsOf, namedIn, pairsIn, type Named } from "../../shared/named-literals.js";
import { isProduction } from "../../shared/production.js";
import { looksChosen, looksRandom, namesSecret, urlCredentials, vendorSecret } from "../../shared/secrets.js";

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

function inConfiguration(facts: Facts, project: Project): Match<Slots>[] {
  const file = facts.path.slice(facts.path.lastIndexOf("/") + 1);
  if (/^(dev|test|ci|local|docker|e2e|integration|bench|staging\.example).*\.exs$|\.(sample|example|template)\.exs$/.test(file)) return [];
  const forProduction = /^(prod|releases|runtime)/.test(file);
  const skipped = facts.topLevel.flatMap(outsideProduction);
  return project.configuration
    .filter((entry) => entry.path === facts.path && !skipped.some((span) => span.start <= entry.span.start && entry.span.end <= span.end))
    .flatMap((entry) =>
      namedIn(entry).flatMap((named) => {
        const chosen = forProduction && isPassword(named) && looksChosen(named.value) ? "a password" : null;
        const kind = secretKind(named) ?? chosen;
        if (kind === null || (isReplaced(entry, named.key, project) && !/(^|\/)runtime\.exs$/.test(facts.path))) return [];
        const where = named.fallback ? "fallback" : forProduction ? "production" : "every_environment";
        return [matchOf(named, kind, where, [], uncommitted(project) && !forProduction)];
      }),
    );
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
    ...pairsIn(body),
    ...collect(body, "match").flatMap((match) =>
      match.pattern.kind === "variable" ? literalsOf(match.pattern.name, match.value, match.span) : [],
    ),
    ...collect(body, "literal").flatMap((literal): Named[] =>
      literal.type === "string" && urlCredentials(literal.value)
        ? [{ key: "URL", value: literal.value, span: literal.span, fallback: false, variable: null }]
        : [],
    ),
  ]);
  const asked = inPlugs(facts).map((named) => matchOf(named, "the password it asks for", "code", [], false));
  const secrets = [...attributes, ...pairs].flatMap((named) => {
    const kind = secretKind(named);
    return kind === null ? [] : [matchOf(named, kind, named.fallback ? "fallback" : "code", [], false)];
  });
  return [...asked, ...secrets];
}

/** Options of plugs that ask for a password: what is written there is what lets people in, however plain it is. */
function inPlugs(facts: Facts): Named[] {
  return facts.modules.flatMap((module) => {
    if (!outlineOfBody(module).distinct.some((call) => call.function === "plug")) return [];
    const plugs = module.body.flatMap((call) => collect(call, "call")).filter((call) => call.module === null && call.function === "plug");
    return plugs
      .filter(({ arguments: [named] }) => asksPassword(named))
      .flatMap(pairsIn)
      .filter(isPassword);
  });
}

function asksPassword(plug: Expression | undefined): boolean {
  const name = plug?.kind === "module" ? plug.name : plug?.kind === "literal" ? plug.value : "";
  return /basic_?auth/i.test(name);
}

function isPassword({ key, value, fallback }: Named): boolean {
  return /^(password|passwd|pass)$/.test(key) && value !== "" && !fallback;
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
  const plain = kind === "a secret value" || kind === "a password";
  return {
    span: named.span,
    confidence: doubtful ? "possible" : plain && where !== "production" ? "likely" : "certain",
    severity: vendorSecret(named.value) !== null || urlCredentials(named.value) ? (where === "fallback" ? "high" : "critical") : "high",
    slots: { key: named.key, kind, where },
    evidence,
  };
}
