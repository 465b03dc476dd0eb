import type { ModuleRole } from "../../model/project.js";

interface Candidate {
  readonly name: string;
  readonly path: string;
  readonly uses: ReadonlySet<string>;
  readonly behaviours: ReadonlySet<string>;
}

/** What a module uses says most; the first that holds wins. */
const byUse: readonly (readonly [string, ModuleRole])[] = [
  ["ExUnit.Case", "test"],
  ["Phoenix.Router", "router"],
  ["Plug.Router", "router"],
  ["Phoenix.Endpoint", "endpoint"],
  ["Phoenix.Controller", "controller"],
  ["Phoenix.LiveView", "live_view"],
  ["Phoenix.LiveComponent", "live_component"],
  ["Phoenix.Component", "component"],
  ["Phoenix.View", "view"],
  ["Phoenix.Channel", "channel"],
  ["Ecto.Repo", "repository"],
  ["Ecto.Migration", "migration"],
  ["Ecto.Schema", "schema"],
  ["Ash.Resource", "schema"],
  ["Oban.Worker", "worker"],
  ["Oban.Pro.Worker", "worker"],
  ["Oban.Pro.Workers.Batch", "worker"],
  ["Swoosh.Mailer", "mailer"],
  ["Bamboo.Mailer", "mailer"],
  ["Application", "application"],
  ["Supervisor", "supervisor"],
  ["DynamicSupervisor", "supervisor"],
  ["GenServer", "server"],
  ["GenStage", "server"],
  ["Agent", "server"],
  ["Broadway", "server"],
  ["Mix.Task", "mix_task"],
  ["Plug.Builder", "plug"],
];

const byBehaviour: readonly (readonly [string, ModuleRole])[] = [
  ["Plug", "plug"],
  ["Application", "application"],
  ["Supervisor", "supervisor"],
  ["GenServer", "server"],
  [":gen_statem", "server"],
  [":gen_server", "server"],
  ["Oban.Worker", "worker"],
  ["Absinthe.Middleware", "resolver"],
];

const byName: readonly (readonly [RegExp, ModuleRole])[] = [
  [/Controller$/, "controller"],
  [/JSON$/, "json_view"],
  [/HTML$/, "component"],
  [/View$/, "view"],
  [/Channel$/, "channel"],
  [/\.Plugs?\./, "plug"],
  [/Resolvers?(\.|$)/, "resolver"],
  [/\.Endpoint$/, "endpoint"],
  [/\.Router$/, "router"],
  [/(^|\.)Repo$/, "repository"],
];

const webNames = new Set<ModuleRole>(["controller", "json_view", "component", "view", "channel", "plug", "router", "endpoint"]);

/** The role of a module: from its path where tests and migrations are concerned, then its uses, its behaviours, and last its name. */
export function roleFrom(module: Candidate): ModuleRole {
  if (/(^|\/)test\/.*_test\.exs$/.test(module.path)) return "test";
  if (/(^|\/)test\//.test(module.path)) return "test_support";
  if (/(^|\/)priv\/.*migrations\/.*\.exs$/.test(module.path) && module.uses.has("Ecto.Migration")) return "migration";
  const used = byUse.find(([use]) => module.uses.has(use));
  if (used !== undefined) return used[1] === "component" && /JSON$/.test(module.name) ? "json_view" : used[1];
  const behaves = byBehaviour.find(([behaviour]) => module.behaviours.has(behaviour));
  if (behaves !== undefined) return behaves[1];
  const named = byName.find(([pattern]) => pattern.test(module.name));
  if (named === undefined) return "other";
  return webNames.has(named[1]) && !/_web\/|\/web\/|^web\//.test(module.path) && named[1] !== "plug" ? "other" : named[1];
}
