import { homedir } from "node:os";
import { join } from "node:path";

/** Every variable Guard reads, in the order `guard start --help` lists them. */
export const environmentVariables = [
  { name: "SLACK_BOT_TOKEN", purpose: "bot token (xoxb-…); with SLACK_APP_TOKEN, `guard start` connects to Slack" },
  { name: "SLACK_APP_TOKEN", purpose: "app-level token (xapp-…) with connections:write, for Socket Mode" },
  { name: "SLACK_SIGNING_SECRET", purpose: "signing secret, only needed when Slack sends by HTTP" },
  { name: "ANTHROPIC_API_KEY", purpose: "key for Claude; without it Guard answers from its own detectors" },
  { name: "ANTHROPIC_BASE_URL", purpose: "another endpoint that speaks the Messages API" },
  { name: "GUARD_MODEL", purpose: "model id sent with each request" },
  { name: "GUARD_CONFIG", purpose: "configuration file with the repositories (default guard.config.yml)" },
  { name: "GUARD_DATA_DIR", purpose: "where memory, mirrors and caches are kept (default: the platform's data folder)" },
  { name: "GUARD_PORT", purpose: "health, and the page of the local workspace (default 3700; 0 picks a free port)" },
  { name: "DATABASE_URL", purpose: "reserved for Postgres; this version keeps its memory in SQLite whatever it says" },
] as const;

export interface Environment {
  /** Both tokens, or null: then `guard start` serves the local workspace. */
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly signingSecret: string | null } | null;
  readonly anthropicApiKey: string | null;
  readonly anthropicBaseUrl: string | null;
  /** Null leaves the choice to `shell/claude`. */
  readonly model: string | null;
  readonly configurationPath: string;
  /** Whether GUARD_CONFIG named the file; only then is a missing file a fault. */
  readonly configurationNamed: boolean;
  readonly dataDirectory: string;
  /** 0 to 65535; 0 picks a free one. */
  readonly port: number;
  readonly databaseUrl: string | null;
}

export type ReadEnvironment =
  { readonly kind: "read"; readonly environment: Environment } | { readonly kind: "faults"; readonly faults: readonly string[] };

type Name = (typeof environmentVariables)[number]["name"];

const notAPort = "is not a port; give a whole number from 0 to 65535";

/** What is wrong with a value, for the variables that do not take every text; null when nothing is. */
const faultOf: { readonly [Variable in Name]?: (value: string) => string | null } = {
  SLACK_BOT_TOKEN: (value) => (value.startsWith("xoxb-") ? null : "is not a bot token; it begins with xoxb- (Slack: OAuth & Permissions)"),
  SLACK_APP_TOKEN: (value) =>
    value.startsWith("xapp-") ? null : "is not an app-level token; it begins with xapp- (Slack: Basic Information)",
  ANTHROPIC_BASE_URL: (value) => (isWebAddress(value) ? null : "is not an http or https URL; leave it unset for api.anthropic.com"),
  GUARD_PORT: (value) => (isPort(Number(value)) ? null : notAPort),
};

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65_535;
}

/** Slack wants both tokens; one alone is a slip worth naming. */
function missingToken(given: ReadonlyMap<Name, string>): string[] {
  const [bot, app] = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"] as const;
  if (given.has(bot) === given.has(app)) return [];
  const [present, absent] = given.has(bot) ? [bot, app] : [app, bot];
  return [`${absent} is missing although ${present} is set; Slack needs both, the local workspace neither.`];
}

/** Reads all of Guard's variables; an empty one counts as unset. All faults are given at once, and no value is ever repeated in one. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): ReadEnvironment {
  const given = new Map<Name, string>();
  for (const { name } of environmentVariables) {
    const value = env[name]?.trim() ?? "";
    if (value !== "") given.set(name, value);
  }
  const wrong = [...given].map(([name, value]) => ({ name, fault: faultOf[name]?.(value) ?? null }));
  const faults = [...wrong.flatMap(({ name, fault }) => (fault === null ? [] : [`${name} ${fault}.`])), ...missingToken(given)];
  if (faults.length > 0) return { kind: "faults", faults };
  return { kind: "read", environment: environmentOf((name) => given.get(name) ?? null, platformDataDirectory(env)) };
}

function environmentOf(value: (name: Name) => string | null, usualDataDirectory: string): Environment {
  const [botToken, appToken] = [value("SLACK_BOT_TOKEN"), value("SLACK_APP_TOKEN")];
  return {
    slack: botToken === null || appToken === null ? null : { botToken, appToken, signingSecret: value("SLACK_SIGNING_SECRET") },
    anthropicApiKey: value("ANTHROPIC_API_KEY"),
    anthropicBaseUrl: value("ANTHROPIC_BASE_URL"),
    model: value("GUARD_MODEL"),
    configurationPath: value("GUARD_CONFIG") ?? "guard.config.yml",
    configurationNamed: value("GUARD_CONFIG") !== null,
    dataDirectory: value("GUARD_DATA_DIR") ?? usualDataDirectory,
    port: Number(value("GUARD_PORT") ?? 3700),
    databaseUrl: value("DATABASE_URL"),
  };
}

function platformDataDirectory(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "guard");
  if (process.platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "guard");
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "guard");
}
