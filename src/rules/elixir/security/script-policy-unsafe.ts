import type { Expression } from "../../../model/expression.js";
import { outlineOfBody, outlineOfClause, outlineOfTopLevel } from "../../../model/outline.js";
import type { Facts } from "../../../model/facts.js";
import { contains, type Span } from "../../../model/span.js";
import { walk } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { isProductionConfiguration } from "../../shared/production-configuration.js";
import { policiesIn, type ScriptPolicy } from "../../shared/script-policy.js";
import { isDevelopmentOnly } from "../../shared/router-lines.js";

type Slots = { directive: string; source: string };

export const scriptPolicyUnsafe = defineRule<Slots>({
  id: "script-policy-unsafe",
  title: "A content security policy allows inline scripts",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-1021", "CWE-79"],
  silencedBy: { sobelow: ["Config.CSP"] },
  languages: ["elixir"],
  match(facts) {
    const matches = holdersOf(facts).flatMap((holder) => policiesIn(holder).map(matchOf));
    const places = new Map(matches.map((match) => [match.span.start, match]));
    return [...places.values()].filter(({ span }) => !isConditional(span, facts));
  },
  what: ({ directive, source }) => `The content security policy's \`${directive}\` allows ${source}.`,
  why: ({ source }) =>
    source.startsWith("`'unsafe-inline'`")
      ? "A policy is there to stop scripts that somebody smuggles into a page, and those are inline: with this source it stops none of them."
      : "A policy is there to stop scripts that somebody smuggles into a page: with this source any address can serve them.",
  instead: () =>
    "Give each answer a nonce (`'nonce-…'`, put on your own script tags) or list hashes of the inline scripts you have, and name the hosts scripts come from.",
  notWhen: [
    "A nonce, a hash or `'strict-dynamic'` stands beside it: browsers then ignore `'unsafe-inline'`.",
    "Only styles are inline (`style-src`).",
    "The policy is for development or tests, or depends on the environment.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :put_secure_browser_headers, %{"content-security-policy" => "default-src 'self'; script-src 'self' 'unsafe-inline'"}
  end
end
`,
      at: `"default-src 'self'; script-src 'self' 'unsafe-inline'"`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :put_secure_browser_headers, %{"content-security-policy" => "default-src 'self'; style-src 'self' 'unsafe-inline'"}
  end
end
`,
    },
    {
      bad: {
        "config/config.exs": `import Config

config :shop, ShopWeb.PolicyPlug,
  csp_policy: [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline'"
  ]
`,
      },
      at: `"script-src 'self' 'unsafe-inline'"`,
      good: {
        "config/config.exs": `import Config

config :shop, ShopWeb.PolicyPlug,
  csp_policy: [
    "default-src 'self'",
    "script-src 'self' 'nonce-\${nonce}' 'unsafe-inline'"
  ]
`,
      },
    },
  ],
});

const header = /content-security-policy/i;
const named = /csp|content_?security|security_?headers|secure_?headers|browser_headers/i;

/** The expressions of a file that may hold a policy: configuration, plugs of a router, what stands in a module or function that speaks of one. */
function holdersOf(facts: Facts): Expression[] {
  if (isProductionConfiguration(facts.path)) return outlineOfTopLevel(facts).calls.length > 0 ? [...facts.topLevel] : [];
  if (!isProduction(facts.path)) return [];
  return facts.modules.flatMap((module) => {
    const body = outlineOfBody(module);
    const isNamed = named.test(module.name);
    const says = (strings: readonly string[], calls: readonly { readonly function: string }[]): boolean =>
      strings.some((text) => header.test(text)) || calls.some(({ function: name }) => named.test(name));
    const clauses = module.functions.flatMap((entry) =>
      entry.clauses.filter((clause) => isNamed || named.test(entry.name) || speaks(clause)),
    );
    function speaks(clause: (typeof module.functions)[number]["clauses"][number]): boolean {
      const { strings, calls } = outlineOfClause(clause);
      return says(strings, calls);
    }
    const own = isNamed || clauses.length > 0 || says(body.strings, body.calls) || body.calls.some(({ function: name }) => name === "plug");
    return [
      ...clauses.flatMap((clause) => clause.body ?? []),
      ...(own ? [...module.body, ...module.attributes.flatMap(({ value }) => value ?? [])] : []),
    ];
  });
}

function matchOf({ span, directive, source }: ScriptPolicy): Match<Slots> {
  const words = source === "'unsafe-inline'" ? "`'unsafe-inline'`, with no nonce or hash beside it" : `\`${source}\``;
  return { span, confidence: "likely", slots: { directive, source: words }, evidence: [] };
}

/** Depends on the environment: in a router's condition or in an `if` of a configuration file. */
function isConditional(span: Span, facts: Facts): boolean {
  if (isDevelopmentOnly(span, facts)) return true;
  return facts.topLevel.some((root) => {
    let found = false;
    walk(root, (part) => {
      if (part.kind === "branch" && contains(part.span, span)) found ||= part.subject !== null && /^(if|unless|case)$/.test(part.form);
    });
    return found;
  });
}
