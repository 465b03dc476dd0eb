import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

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

const text = z.string().trim().optional();
const webAddress = z.url({ protocol: /^https?$/, error: "is not an http or https URL; leave it unset for api.anthropic.com" });
const portRange = "is not a port; give a whole number from 0 to 65535";

const Variables = z.object({
  SLACK_BOT_TOKEN: text.refine(startsWith("xoxb-"), "is not a bot token; it begins with xoxb- (Slack: OAuth & Permissions)"),
  SLACK_APP_TOKEN: text.refine(startsWith("xapp-"), "is not an app-level token; it begins with xapp- (Slack: Basic Information)"),
  SLACK_SIGNING_SECRET: text,
  ANTHROPIC_API_KEY: text,
  ANTHROPIC_BASE_URL: webAddress.optional(),
  GUARD_MODEL: text,
  GUARD_CONFIG: text,
  GUARD_DATA_DIR: text,
  GUARD_PORT: z.coerce.number(portRange).int(portRange).min(0, portRange).max(65_535, portRange).optional(),
  DATABASE_URL: text,
});

/** Slack wants both tokens; one alone is a slip worth naming. */
function missingToken(set: ReadonlySet<string>): string[] {
  const [bot, app] = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"] as const;
  if (set.has(bot) === set.has(app)) return [];
  const [present, absent] = set.has(bot) ? [bot, app] : [app, bot];
  return [`${absent} is missing although ${present} is set; Slack needs both, the local workspace neither.`];
}

function startsWith(prefix: string): (value: string | undefined) => boolean {
  return (value) => value === undefined || value.startsWith(prefix);
}

/** Reads all of Guard's variables; an empty one counts as unset. All faults are given at once, and no value is ever repeated in one. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): ReadEnvironment {
  const set = environmentVariables.flatMap(({ name }) => (env[name]?.trim() ? [[name, env[name]] as const] : []));
  const parsed = Variables.safeParse(Object.fromEntries(set));
  const faults = [
    ...(parsed.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`) ?? []),
    ...missingToken(new Set(set.map(([name]) => name))),
  ];
  if (!parsed.success || faults.length > 0) return { kind: "faults", faults };
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, ...variables } = parsed.data;
  return {
    kind: "read",
    environment: {
      slack:
        botToken === undefined || appToken === undefined
          ? null
          : { botToken, appToken, signingSecret: variables.SLACK_SIGNING_SECRET ?? null },
      anthropicApiKey: variables.ANTHROPIC_API_KEY ?? null,
      anthropicBaseUrl: variables.ANTHROPIC_BASE_URL ?? null,
      model: variables.GUARD_MODEL ?? null,
      configurationPath: variables.GUARD_CONFIG ?? "guard.config.yml",
      configurationNamed: variables.GUARD_CONFIG !== undefined,
      dataDirectory: variables.GUARD_DATA_DIR ?? platformDataDirectory(env),
      port: variables.GUARD_PORT ?? 3700,
      databaseUrl: variables.DATABASE_URL ?? null,
    },
  };
}

function platformDataDirectory(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "guard");
  if (process.platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "guard");
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "guard");
}
