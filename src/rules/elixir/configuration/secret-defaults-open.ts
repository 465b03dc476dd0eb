import { outlineOfClause } from "../../../model/outline.js";
import type { Facts } from "../../../model/facts.js";
import type { ConfigurationEntry, Project, ProjectFunction } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { isReplaced, outsideProduction } from "../../shared/configured.js";
import { literalsOf, namedIn, type Named } from "../../shared/named-literals.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { looksRandom } from "../../shared/secrets.js";
import { spoken } from "../../shared/written.js";

type Slots = { key: string; fallback: string; verifier: string };

export const secretDefaultsOpen = defineRule<Slots>({
  id: "secret-defaults-open",
  title: "A missing secret is replaced by one that everybody knows",
  trigger: "hardcoded_values",
  area: "configuration",
  severity: "high",
  cwe: ["CWE-1188", "CWE-798"],
  silencedBy: {},
  fix: "refuse-without-setting",
  match(facts, project) {
    if (/(^|\/)config\/.*\.exs$/.test(facts.path)) return inConfiguration(facts, project);
    return isProduction(facts.path) ? inCode(facts, project) : [];
  },
  what: ({ key, fallback, verifier }) =>
    `\`${key}\` is ${fallback === "" ? "empty" : `\`"${fallback}"\``} where its setting is missing${verifier === "" ? "" : `, and \`${verifier}\` checks with it`}.`,
  why: ({ fallback }) =>
    `A deployment that forgets it starts without complaint, and whoever signs or asks with ${fallback === "" ? "an empty secret" : "the published one"} is let in.`,
  instead: ({ key }) =>
    `Give \`${key}\` no default: read it with \`System.fetch_env!/1\` in \`config/runtime.exs\`, keep stand-ins in \`config/dev.exs\` and \`config/test.exs\`, and refuse to verify with an empty secret.`,
  notWhen: [
    "The secret is one this program shows to others (the key of a service it calls, a client secret, a database's password): without it the call is refused.",
    "A configuration read later replaces the key, or the file or condition is for development or tests.",
    "The value is a salt, a name or a path.",
    "The empty text is only compared, to ask whether the variable is set.",
    "No code of the project reads the key (then it is `possible`).",
  ],
  examples: [
    {
      bad: {
        "config/config.exs": `import Config

config :shop, webhook_secret: System.get_env("WEBHOOK_SECRET", "")
`,
        "lib/shop_web/webhook_plug.ex": `defmodule ShopWeb.WebhookPlug do
  def call(conn, _options) do
    secret = Application.get_env(:shop, :webhook_secret)
    expected = :crypto.mac(:hmac, :sha256, secret, conn.assigns.raw_body)
    if Plug.Crypto.secure_compare(expected, conn.assigns.signature), do: conn, else: Plug.Conn.halt(conn)
  end
end
`,
      },
      at: `webhook_secret: System.get_env("WEBHOOK_SECRET", "")`,
      good: {
        "config/config.exs": `import Config

config :shop, webhook_secret: System.get_env("WEBHOOK_SECRET")
config :shop, stripe_api_key: System.get_env("STRIPE_API_KEY", "")
`,
        "lib/shop_web/webhook_plug.ex": `defmodule ShopWeb.WebhookPlug do
  def call(conn, _options) do
    secret = Application.get_env(:shop, :webhook_secret)
    expected = :crypto.mac(:hmac, :sha256, secret, conn.assigns.raw_body)
    if Plug.Crypto.secure_compare(expected, conn.assigns.signature), do: conn, else: Plug.Conn.halt(conn)
  end
end
`,
      },
    },
    {
      bad: `defmodule Shop.Tokens do
  def signer, do: Joken.Signer.create("HS256", jwt_secret: System.get_env("JWT_SECRET") || "secret")
end
`,
      at: `jwt_secret: System.get_env("JWT_SECRET") || "secret"`,
      good: `defmodule Shop.Tokens do
  def signer, do: Joken.Signer.create("HS256", jwt_secret: System.fetch_env!("JWT_SECRET"))
end
`,
    },
  ],
});

/** Secrets this program checks others with, by their own name. */
const checks =
  /(web_?hook|signing|signature|shared|jwt|cron|internal|hmac|export|admin|auth)_(secret|token|key|secret_key|password)$|(session|cookie)_secret$|(^|_)(secret_key_base|verify_token|verification_token|hmac_key|encryption_key|basic_auth_pass(word)?)$/i;
/** Names that say so only where their surroundings tell of checking. */
const general = /^(secret|secret_key|password|pass|token|signing_secret)$/i;
const surroundings = /web_?hook|verif|guardian|joken|jwt|basic_?auth|signature|admin_?auth/i;
/** What this program shows to others. */
const shown = /client|api_?key|access_?key|stripe_secret_key|aws|smtp|mail|repo|database|db_|oauth|private|refresh|publish/i;

function inConfiguration(facts: Facts, project: Project): Match<Slots>[] {
  if (/(^|\/)(dev|test|ci|local|docker|e2e|integration|bench)[^/]*\.exs$|\.(sample|example|template)\.exs$/.test(facts.path)) return [];
  const skipped = facts.topLevel.flatMap(outsideProduction);
  return project.configuration
    .filter((entry) => entry.path === facts.path && !skipped.some((span) => span.start <= entry.span.start && entry.span.end <= span.end))
    .flatMap((entry) =>
      namedIn(entry)
        .filter((named) => isOpen(named, entry.key ?? ""))
        .filter((named) => /(^|\/)runtime\.exs$/.test(facts.path) || !isReplaced(entry, named.key, project))
        .map((named) => configured(named, entry, project)),
    );
}

function configured(named: Named, entry: ConfigurationEntry, project: Project): Match<Slots> {
  const reader = readerOf(named.key, entry, project);
  const verifier = reader === null ? null : verifierNear(reader, project);
  const own = named.key === "secret_key_base" || /guardian|joken/i.test(entry.key ?? "");
  return {
    span: named.span,
    confidence: verifier !== null ? "certain" : reader !== null || own ? "likely" : "possible",
    severity: verifier !== null || own ? "high" : "medium",
    slots: { key: named.key, fallback: named.value, verifier: verifier === null ? "" : spoken(verifier.id) },
    evidence: [...clue(reader, `reads \`${named.key}\``), ...(verifier?.id === reader?.id ? [] : clue(verifier, "checks with it"))],
  };
}

function clue(found: ProjectFunction | null, note: string): Clue[] {
  return found === null ? [] : [{ at: { path: found.path, span: found.facts.nameSpan }, note: `${spoken(found.id)} ${note}` }];
}

/** A stand-in in place of a secret that others are checked with. */
function isOpen({ key, value, fallback, variable }: Named, around: string): boolean {
  if (!fallback || looksRandom(value) || value.length > 40) return false;
  const name = variable ?? key;
  if (shown.test(name) || shown.test(key) || /salt/i.test(key)) return false;
  if (checks.test(key) || checks.test(name)) return true;
  return general.test(key) && surroundings.test(`${around} ${variable ?? ""}`);
}

function inCode(facts: Facts, project: Project): Match<Slots>[] {
  return facts.modules.flatMap((module) =>
    module.functions.flatMap((definition) =>
      definition.clauses.flatMap((clause) => {
        const reads = outlineOfClause(clause).calls.some(({ module: called, function: name }) => name === "get_env" && called !== null);
        if (!reads || clause.body === null) return [];
        const found = [
          ...collect(clause.body, "keyword").flatMap(({ entries }) =>
            entries.flatMap(({ key, keySpan, value }) => literalsOf(key, value, { start: keySpan.start, end: value.span.end })),
          ),
          ...collect(clause.body, "match").flatMap(({ pattern, value, span }) =>
            pattern.kind === "variable" ? literalsOf(pattern.name, value, span) : [],
          ),
        ];
        const open = found.filter((named) => isOpen(named, `${module.name} ${definition.name}`));
        if (open.length === 0) return [];
        const entry = project.functions.get(`${module.name}.${definition.name}/${definition.arity}`);
        const verifier = entry === undefined ? null : verifierNear(entry, project);
        return open.map((named): Match<Slots> => ({
          span: named.span,
          confidence: "likely",
          severity: verifier === null ? "medium" : "high",
          slots: { key: named.key, fallback: named.value, verifier: verifier === null ? "" : spoken(verifier.id) },
          evidence: clue(verifier, "checks with it"),
        }));
      }),
    ),
  );
}

/** Functions that read settings, with the keys they name and the modules whose settings they ask for. */
const readers = perProject((project) =>
  [...project.functions.values()].flatMap((entry) => {
    if (!isProduction(entry.path)) return [];
    const bodies = entry.facts.clauses.filter((clause) =>
      outlineOfClause(clause).calls.some(({ function: name }) => /^(get_env|fetch_env!?|module_get!?|compile_env!?|config)$/.test(name)),
    );
    return bodies.flatMap(({ body }) => {
      if (body === null) return [];
      const keys = collect(body, "literal").flatMap(({ type, value }) => (type === "atom" ? [value] : []));
      const fields = collect(body, "access").flatMap(({ field }) => (field === null ? [] : [field]));
      const modules = collect(body, "module").map(({ name }) => name);
      return [{ entry, keys: new Set([...keys, ...fields]), modules: new Set([...modules, entry.module]) }];
    });
  }),
);

function readerOf(key: string, entry: ConfigurationEntry, project: Project): ProjectFunction | null {
  const ofModule = entry.key !== null && /^[A-Z]/.test(entry.key) ? entry.key : null;
  const found = readers(project).find(({ keys, modules }) => keys.has(key) && (ofModule === null || modules.has(ofModule)));
  return found?.entry ?? null;
}

const verifying = /verif|construct_event|secure_compare|hmac|^mac$|signature|signer|basic_auth|authenticate|authorize|^sign$|decode_and/i;

/** The function itself or one that calls it, where something is checked. */
function verifierNear(reader: ProjectFunction, project: Project): ProjectFunction | null {
  const near = [reader, ...(project.callers.get(reader.id) ?? []).flatMap(({ caller }) => project.functions.get(caller) ?? [])];
  return (
    near.find(({ facts }) => facts.clauses.some((clause) => outlineOfClause(clause).calls.some((call) => verifying.test(call.function)))) ??
    null
  );
}
