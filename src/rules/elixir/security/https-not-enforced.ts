import type { Expression } from "../../../model/expression.js";
import { outlineOfBody, outlineOfClause, type OutlinedCall } from "../../../model/outline.js";
import type { ConfigurationEntry, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { optionOf, stringOf } from "../../../project/values.js";
import { defineRule } from "../../define.js";
import { endpointPlugs } from "../../../project/pipeline-of.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { isProductionConfiguration } from "../../shared/production-configuration.js";

type Slots = { endpoint: string };

export const httpsNotEnforced = defineRule<Slots>({
  id: "https-not-enforced",
  title: "Nothing sends visitors of an HTTPS site from HTTP to HTTPS",
  trigger: "critical_pattern",
  area: "security",
  severity: "low",
  cwe: ["CWE-319", "CWE-523"],
  silencedBy: { sobelow: ["Config.HTTPS", "Config.HSTS"] },
  fix: "enforce-https",
  languages: ["elixir"],
  match(facts, project) {
    const entry = unforced(project);
    return entry === null || entry.at.path !== facts.path
      ? []
      : [{ span: entry.at.span, confidence: entry.isSaid ? "likely" : "possible", slots: { endpoint: entry.endpoint }, evidence: [] }];
  },
  what: ({ endpoint }) =>
    `\`${endpoint}\` is served by HTTPS, and nothing in the project redirects from HTTP or tells browsers to stay with HTTPS.`,
  why: () =>
    "Whoever shares the network of a visitor can answer the first request, which goes out unencrypted, and keep the visitor on HTTP.",
  instead: () =>
    "Set `force_ssl: [hsts: true, rewrite_on: [:x_forwarded_proto]]` on the endpoint for production; if the proxy in front does it, say so in a `# guard:ignore` comment.",
  notWhen: [
    "`force_ssl`, `Plug.SSL` or a `strict-transport-security` header stands anywhere in the project, also in `runtime.exs` or in a router.",
    "The configuration for production doesn't say that the site is served by HTTPS; where only a variable says so, it is `possible`.",
  ],
  examples: [
    {
      bad: {
        "config/prod.exs": `import Config

config :shop, ShopWeb.Endpoint,
  url: [host: "shop.example", scheme: "https", port: 443]
`,
        "lib/shop_web/endpoint.ex": `defmodule ShopWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :shop
end
`,
      },
      at: `url: [host: "shop.example", scheme: "https", port: 443]`,
      good: {
        "config/prod.exs": `import Config

config :shop, ShopWeb.Endpoint,
  url: [host: "shop.example", scheme: "https", port: 443]
`,
        "lib/shop_web/endpoint.ex": `defmodule ShopWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :shop

  plug Plug.SSL, hsts: true
end
`,
      },
    },
  ],
});

interface Unforced {
  readonly at: { readonly path: string; readonly span: Expression["span"] };
  readonly endpoint: string;
  /** The source says HTTPS itself, and not whoever installs it. */
  readonly isSaid: boolean;
}

/** The first production setting that says an endpoint is served by HTTPS, when nothing in the project enforces it. */
const unforced = perProject((project): Unforced | null => {
  const endpoints = project.configuration.filter(({ key, path }) => /Endpoint$/.test(key ?? "") && isForProduction(path));
  for (const entry of endpoints) {
    const url = optionOf(entry.value, "url");
    const tls = optionOf(entry.value, "https");
    const scheme = optionOf(url, "scheme");
    const isSaid = tls !== null || saysHttps(scheme);
    if ((!isSaid && (scheme === null || scheme.kind === "literal")) || isEnforced(project)) continue;
    return { at: placeOf(entry, url ?? tls), endpoint: entry.key ?? "", isSaid };
  }
  return null;
});

/** `"https"`, also as what stands when a variable is not set. */
function saysHttps(scheme: Expression | null): boolean {
  const written = scheme?.kind === "call" ? scheme.arguments.at(-1) : scheme;
  return stringOf(written) === "https";
}

function isForProduction(path: string): boolean {
  return /\/?(prod|runtime|releases)[.\w]*\.exs$/.test(path) && isProductionConfiguration(path);
}

/** The whole pair, key included. */
function placeOf({ path, value, span }: ConfigurationEntry, setting: Expression | null): Unforced["at"] {
  const pair = value.kind === "keyword" ? value.entries.find((entry) => entry.value === setting) : undefined;
  return { path, span: pair === undefined ? span : { start: pair.keySpan.start, end: pair.value.span.end } };
}

function isEnforced(project: Project): boolean {
  const plugged = [...endpointPlugs(project), ...project.routers.flatMap(({ pipelines }) => [...pipelines.values()].flat())];
  if (plugged.some(({ name }) => /SSL|ssl|https|hsts/i.test(name))) return true;
  const says = (entry: ConfigurationEntry): boolean =>
    collect(entry.value, "keyword").some(({ entries }) => entries.some(({ key }) => key === "force_ssl")) ||
    /force_?ssl/.test(entry.key ?? "");
  if (project.configuration.some(says)) return true;
  const enforces = ({ module, function: name }: OutlinedCall): boolean => module === "Plug.SSL" || /force_?(ssl|https)|hsts/.test(name);
  for (const { path, modules } of project.files.values()) {
    if (!isProduction(path)) continue;
    for (const module of modules) {
      const clauses = module.functions.flatMap((entry) => entry.clauses.map(outlineOfClause));
      const all = [outlineOfBody(module), ...clauses];
      if (all.some(({ calls, strings }) => calls.some(enforces) || strings.some((text) => /strict-transport-security/i.test(text))))
        return true;
      if (outlineOfBody(module).modules.some(({ name }) => name === "Plug.SSL")) return true;
    }
  }
  return false;
}
