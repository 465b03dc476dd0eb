import type { ModuleFacts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { tellsOfBuild } from "../../shared/build-variables.js";
import { readsInAttributes, readsWhenCompiled, type HeldRead } from "../../shared/compile-time-reads.js";
import type { EnvironmentRead } from "../../shared/environment-reads.js";
import { isProduction } from "../../shared/production.js";
import { perProject } from "../../shared/per-project.js";
import { isReleased } from "../../shared/released.js";
import { namesSecret } from "../../shared/secrets.js";
import { isFixed, readsEnvironment, settingsOf, type Setting } from "../../shared/settings.js";

type Slots = {
  holders: readonly string[];
  read: string;
  module: string;
  later: "set_at_start" | "environment" | "unknown";
  released: "yes" | "unknown";
};

export const environmentReadAtCompileTime = defineRule<Slots>({
  id: "environment-read-at-compile-time",
  title: "A setting is read when the module is compiled",
  trigger: "hardcoded_values",
  area: "configuration",
  severity: "medium",
  cwe: ["CWE-1188"],
  silencedBy: { credo: ["Credo.Check.Warning.ApplicationConfigInModuleAttribute"] },
  fix: "read-setting-late",
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) => groupsIn(module, project));
  },
  what: ({ holders, read, module }) =>
    holders.length > 1
      ? `${holders.map((holder) => `\`${holder}\``).join(", ")} of \`${module}\` keep for ever what was configured when it was compiled (\`${read}\` and so on).`
      : `\`${holders[0] ?? ""}\` keeps for ever what \`${read}\` gave when \`${module}\` was compiled.`,
  why: ({ later, released, read }) => {
    if (later === "set_at_start")
      return "`runtime.exs` or `releases.exs` sets it when the program starts, after the module was compiled: that value never arrives here.";
    const build =
      released === "yes" ? "The release carries what the build machine had" : "A build made elsewhere carries what that machine had";
    return read.startsWith("System")
      ? `${build}, nothing if the variable was not set there; setting it where the program runs changes nothing.`
      : `${build}; configuring the program where it runs, or changing the configuration without compiling this module again, changes nothing.`;
  },
  instead: ({ read }) =>
    read.startsWith("System")
      ? "Set a key from the variable in `config/runtime.exs` and read it in a function with `Application.fetch_env!/2` when it is needed."
      : `Read it in a function when it is needed (\`defp …, do: ${read}\`); what truly is fixed when the program is built is said with \`Application.compile_env!/2\`, which notices a difference at start.`,
  notWhen: [
    "`Application.compile_env` reads it: Elixir itself compares the value at start.",
    "It is read in a function, also one kept in the attribute.",
    "The variable tells of the build: a version, a revision, a build number, `MIX_ENV`, `CI`.",
    "The setting chooses code (a module) or is written as a literal for every environment.",
    "Nothing says that the setting differs between deployments: its key sounds like none that does, and no configuration reads it from the environment (then it is `possible`).",
    "More than a dozen modules of a project without releases do it, which then only matters for secrets (the others are `possible`).",
    "The file is `mix.exs`, a configuration file, a test, a mix task or a script.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Tokens do
  @salt System.get_env("RESET_SALT")

  def sign(user), do: Phoenix.Token.sign(ShopWeb.Endpoint, @salt, user.id)
end
`,
      at: `System.get_env("RESET_SALT")`,
      good: `defmodule Shop.Tokens do
  @salt Application.compile_env!(:shop, :reset_salt)
  @revision System.get_env("GIT_SHA")

  def sign(user), do: Phoenix.Token.sign(ShopWeb.Endpoint, @salt, {user.id, @revision})
end
`,
    },
    {
      bad: {
        "config/runtime.exs": `import Config

config :shop, :rates_url, System.fetch_env!("RATES_URL")
`,
        "lib/shop/rates.ex": `defmodule Shop.Rates do
  @url Application.get_env(:shop, :rates_url)

  def today, do: Req.get!(@url <> "/today").body
end
`,
      },
      at: "Application.get_env(:shop, :rates_url)",
      good: {
        "config/runtime.exs": `import Config

config :shop, :rates_url, System.fetch_env!("RATES_URL")
`,
        "lib/shop/rates.ex": `defmodule Shop.Rates do
  @url fn -> Application.get_env(:shop, :rates_url) end

  def today, do: Req.get!(@url.() <> "/today").body
end
`,
      },
    },
  ],
});

/** Keys whose values are not the same everywhere. */
const deployed =
  /(^|_)(url|host|hostname|domain|endpoint|salt|client_id|app_id|account_id|tenant|region|bucket|dsn|username|email|sender|from|key|id|port|address|origin|issuer|audience|secret_key_base)s?$/i;

/** Neighbouring attributes are one finding, told at the first. */
function groupsIn(module: ModuleFacts, project: Project): Match<Slots>[] {
  const judged = readsWhenCompiled(module).flatMap((held) => matchOf(held, module, project));
  const groups: Match<Slots>[] = [];
  let reached = 0;
  for (const match of judged.sort((one, other) => one.span.start - other.span.start)) {
    const last = groups.at(-1);
    if (last === undefined || last.confidence !== match.confidence || match.span.start - reached > near) groups.push(match);
    else groups[groups.length - 1] = joined(last, match);
    reached = match.span.end;
  }
  return groups;
}

/** Characters between two attributes of one group: about five lines. */
const near = 300;

function joined(first: Match<Slots>, next: Match<Slots>): Match<Slots> {
  const seen = new Set(first.evidence.map(({ at, note }) => `${at.path}:${at.span.start}:${note}`));
  return {
    ...first,
    severity: first.severity === "high" || next.severity === "high" ? "high" : "medium",
    slots: { ...first.slots, holders: [...new Set([...first.slots.holders, ...next.slots.holders])] },
    evidence: [...first.evidence, ...next.evidence.filter(({ at, note }) => !seen.has(`${at.path}:${at.span.start}:${note}`))],
  };
}

function matchOf({ read, holder }: HeldRead, module: ModuleFacts, project: Project): Match<Slots>[] {
  if (read.kind === "variable" && tellsOfBuild(read.name)) return [];
  const settings = read.kind === "variable" ? [] : settingsOf(read, project);
  const name = read.kind === "variable" ? read.name : (read.inner ?? read.key);
  const later = settings.find(({ path }) => atStart.test(path));
  const fromEnvironment = settings.find(({ value }) => readsEnvironment(value));
  if (read.kind === "setting" && later === undefined && fromEnvironment === undefined && isFixed(settings, read)) return [];
  const known = read.kind === "variable" || later !== undefined || fromEnvironment !== undefined;
  const differs = namesSecret(name) || (!isHabit(project) && (known || (settings.length > 0 && deployed.test(name))));
  return [
    {
      span: read.call.segment,
      confidence: later !== undefined ? "certain" : differs ? "likely" : "possible",
      severity: later !== undefined && namesSecret(name) ? "high" : "medium",
      slots: {
        holders: [holder],
        read: writtenRead(read),
        module: module.name,
        later: later !== undefined ? "set_at_start" : known ? "environment" : "unknown",
        released: isReleased(project) ? "yes" : "unknown",
      },
      evidence: cluesOf(later ?? fromEnvironment, name),
    },
  ];
}

function isFromEnvironment(read: EnvironmentRead, project: Project): boolean {
  return read.kind === "variable" || settingsOf(read, project).some(({ value }) => readsEnvironment(value));
}

/** Read so in many modules of a project that is not known to be shipped as a release: its way of deploying seems to allow it. */
const isHabit = perProject((project) => {
  if (isReleased(project)) return false;
  const modules = [...project.modules.values()].filter(
    ({ path, facts }) => isProduction(path) && readsInAttributes(facts).some(({ read }) => isFromEnvironment(read, project)),
  );
  return modules.length > 12;
});

const atStart = /(^|\/)(runtime|releases)\.exs$/;

function cluesOf(setting: Setting | undefined, name: string): Clue[] {
  if (setting === undefined) return [];
  const note = atStart.test(setting.path) ? `sets ${name} when the program starts` : `takes ${name} from the environment`;
  return [{ at: { path: setting.path, span: setting.span }, note }];
}

function writtenRead(read: EnvironmentRead): string {
  const { function: name } = read.call;
  if (read.kind === "variable") return `System.${name}("${read.name}")`;
  const key = /^[A-Z]/.test(read.key) ? read.key : `:${read.key}`;
  return `Application.${name}(:${read.application}, ${key})${read.inner === null ? "" : `[:${read.inner}]`}`;
}
