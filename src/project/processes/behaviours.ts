import type { Process, ProjectModule } from "../../model/project.js";

/** What a module uses or implements → the kind of process it is. The first that holds wins. */
const byUse: readonly (readonly [string, Process["behaviour"]])[] = [
  ["GenServer", "GenServer"],
  [":gen_server", "GenServer"],
  ["GenStage", "GenStage"],
  ["Broadway", "GenStage"],
  [":gen_statem", "gen_statem"],
  ["GenStateMachine", "gen_statem"],
  ["DynamicSupervisor", "DynamicSupervisor"],
  ["Horde.DynamicSupervisor", "DynamicSupervisor"],
  ["Supervisor", "Supervisor"],
  ["Agent", "Agent"],
  ["Task", "Task"],
  ["Registry", "Registry"],
  ["Horde.Registry", "Registry"],
  ["WebSockex", "other"],
  ["Slipstream", "other"],
  ["Postgrex.ReplicationConnection", "other"],
  ["Postgrex.Notifications", "other"],
  [":gen_event", "other"],
];

/** The kind of long-running process a module is; null for a module that is none. */
export function processBehaviour(module: ProjectModule): Process["behaviour"] | null {
  const { uses, facts } = module;
  if (uses.size === 0 && facts.behaviours.length === 0) return null;
  for (const [name, behaviour] of byUse) if (uses.has(name) || facts.behaviours.includes(name)) return behaviour;
  return null;
}

/** Library modules that a child list starts under a name: `{Registry, name: MyApp.Registry}`. */
export const namedChildren: ReadonlyMap<string, Process["behaviour"]> = new Map([
  ["Registry", "Registry"],
  ["Horde.Registry", "Registry"],
  ["DynamicSupervisor", "DynamicSupervisor"],
  ["Horde.DynamicSupervisor", "DynamicSupervisor"],
  ["Task.Supervisor", "Supervisor"],
  ["PartitionSupervisor", "Supervisor"],
]);
