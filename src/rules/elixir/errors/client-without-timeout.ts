import type { Expression } from "../../../model/expression.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { client: string; how: "use" | "client" };

export const clientWithoutTimeout = defineRule<Slots>({
  id: "client-without-timeout",
  title: "An HTTP client waits for ever, as its default adapter does",
  trigger: "critical_pattern",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-400", "CWE-1088"],
  silencedBy: {},
  match(facts: Facts, project) {
    if (!project.dependencies.has("tesla") || hasAdapter(project) || !isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) => matchOf(module));
  },
  what: ({ client, how }) =>
    how === "use"
      ? `\`${client}\` is a Tesla client without a timeout, and the project chooses no adapter: Tesla then asks with \`:httpc\`, which waits for ever.`
      : `\`${client}\` makes a Tesla client without a timeout, and the project chooses no adapter: Tesla then asks with \`:httpc\`, which waits for ever.`,
  why: ({ client }) =>
    `A service that accepts and never answers keeps every process that asks through \`${client}\`; the requests behind them fill the server, although nothing of it is broken.`,
  instead: () =>
    "Add `{Tesla.Middleware.Timeout, timeout: 5_000}` to the middleware, or configure an adapter with a limit of its own (`config :tesla, adapter: {Tesla.Adapter.Finch, name: MyApp.Finch}`).",
  notWhen: [
    "The project configures an adapter of Tesla, or the module chooses one: those have limits of seconds.",
    "`Tesla.Middleware.Timeout` stands anywhere in the module.",
    "The middleware comes from another module, or the client is made for tests.",
    "Another client is used: HTTPoison, Req, Finch and Hackney limit the wait themselves, in seconds.",
  ],
  examples: [
    {
      bad: {
        "mix.exs": `defmodule Shop.MixProject do
  use Mix.Project
  def project, do: [app: :shop, deps: deps()]
  defp deps, do: [{:tesla, "~> 1.4"}]
end
`,
        "lib/shop/rates.ex": `defmodule Shop.Rates do
  use Tesla

  plug Tesla.Middleware.BaseUrl, "https://rates.example.com"
  plug Tesla.Middleware.JSON

  def fetch(currency), do: get("/" <> currency)
end
`,
      },
      at: "use Tesla",
      good: {
        "mix.exs": `defmodule Shop.MixProject do
  use Mix.Project
  def project, do: [app: :shop, deps: deps()]
  defp deps, do: [{:tesla, "~> 1.4"}]
end
`,
        "lib/shop/rates.ex": `defmodule Shop.Rates do
  use Tesla

  plug Tesla.Middleware.BaseUrl, "https://rates.example.com"
  plug Tesla.Middleware.Timeout, timeout: 5_000
  plug Tesla.Middleware.JSON

  def fetch(currency), do: get("/" <> currency)
end
`,
      },
    },
  ],
});

/** An adapter in the configuration, for all of Tesla or for one module of it. */
const hasAdapter = perProject((project): boolean =>
  project.configuration.some(({ application, key, value }) => application === "tesla" && (key === "adapter" || saysAdapter(value))),
);

function saysAdapter(value: Expression): boolean {
  return collect(value, "keyword").some(({ entries }) => entries.some(({ key }) => key === "adapter"));
}

function matchOf(module: ModuleFacts): Match<Slots>[] {
  const place = clientIn(module);
  if (place === null || saysMore(module)) return [];
  return [{ span: place.span, confidence: "likely", slots: { client: spoken(module.name), how: place.how }, evidence: [] }];
}

function clientIn(module: ModuleFacts): { readonly span: Span; readonly how: Slots["how"] } | null {
  const use = module.uses.find(({ module: used }) => used === "Tesla");
  if (use !== undefined) return { span: use.span, how: "use" };
  for (const clause of module.functions.flatMap(({ clauses }) => clauses)) {
    const made = outlineOfClause(clause).calls.find(({ module: owner, function: name }) => owner === "Tesla" && name === "client");
    // A list of middleware that is written here; a second argument is an adapter.
    if (made?.arity !== 1 || clause.body === null) continue;
    if (namesIn(module).some((name) => name.startsWith("Tesla.Middleware."))) return { span: made.span, how: "client" };
  }
  return null;
}

/** A timeout, an adapter, or middleware of the project's own that may set one. */
function saysMore(module: ModuleFacts): boolean {
  if (module.body.some(({ function: name }) => name === "adapter")) return true;
  return namesIn(module).some(
    (name) => /(^Tesla\.Middleware\.Timeout|^Tesla\.Adapter\.)/.test(name) || /Middleware/.test(name.replace(/^Tesla\..*/, "")),
  );
}

function namesIn(module: ModuleFacts): string[] {
  const inBody = module.body.flatMap((call) => collect(call, "module").map(({ name }) => name));
  const inFunctions = module.functions.flatMap(({ clauses }) =>
    clauses.flatMap((clause) => outlineOfClause(clause).modules.map(({ name }) => name)),
  );
  const inAttributes = module.attributes.flatMap(({ value }) => (value === null ? [] : collect(value, "module").map(({ name }) => name)));
  return [...inBody, ...inFunctions, ...inAttributes];
}
