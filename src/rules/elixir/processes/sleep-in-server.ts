import type { Facts } from "../../../model/facts.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { callersOf } from "../../../project/callers-of.js";
import { defineRule, type Match } from "../../define.js";
import { callAt, processCallsIn, processesByModule, runsElsewhere, type ProcessCall } from "../../shared/process-calls.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { inside: string; call: string; callback: string; server: string };

export const sleepInServer = defineRule<Slots>({
  id: "sleep-in-server",
  title: "A server sleeps while others wait for its answers",
  trigger: "synchronous_when_should_be_async",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-1088"],
  silencedBy: {},
  match: (facts: Facts, project) => processCallsIn(facts, project).flatMap((found) => matchOf(found, project)),
  what: ({ inside, call, callback }) =>
    `\`${callback}\` ${callback === inside ? "sleeps" : `runs \`${inside}\`, which sleeps`} in the server's own process (\`${call}\`).`,
  why: ({ server }) =>
    `\`${server}\` takes no message meanwhile: whoever calls it waits as long and exits after five seconds, its mailbox fills, and a shutdown has to kill it.`,
  instead: () =>
    "Send the message later with `Process.send_after/3` and go on in `handle_info/2`; where something else is waited for, let a task wait and tell the server.",
  notWhen: [
    "Nobody calls the server: it has no `handle_call`.",
    "The sleep is in a task or another process, or under a second.",
    "It sleeps while it starts (`init`, `handle_continue`).",
    "The time comes from a variable or a configuration, or more than one function lies between the callback and the sleep.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Stock do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_call(:count, _from, state), do: {:reply, state.count, state}

  def handle_info(:refresh, state) do
    Process.sleep(5_000)
    {:noreply, %{state | count: Shop.Warehouse.count()}}
  end
end
`,
      at: "Process.sleep(5_000)",
      good: `defmodule Shop.Stock do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_call(:count, _from, state), do: {:reply, state.count, state}

  def handle_info(:refresh, state) do
    Process.send_after(self(), :load, 5_000)
    {:noreply, state}
  end

  def handle_info(:load, state), do: {:noreply, %{state | count: Shop.Warehouse.count()}}
end
`,
    },
  ],
});

/** Milliseconds from which callers are likely to run out of time. */
const shortest = 1000;
const callback = /^handle_(call|cast|info)\/\d$/;

function matchOf(found: ProcessCall, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  const { module } = definition.function;
  if (call.function !== "sleep" || (call.module !== "Process" && call.module !== ":timer")) return [];
  if (processesByModule(project).get(module)?.behaviour !== "GenServer" || !project.functions.has(`${module}.handle_call/3`)) return [];
  const at = callAt(found);
  const [duration] = at?.arguments ?? [];
  if (at === null || duration?.kind !== "literal" || Number(duration.value.replaceAll("_", "")) < shortest) return [];
  if (runsElsewhere(definition, call.span)) return [];
  const id = callbackOf(definition.id, module, project);
  if (id === null) return [];
  const slots = {
    inside: spoken(definition.id),
    call: `${spoken(call.module)}.sleep(${written(duration)})`,
    callback: spoken(id),
    server: spoken(module),
  };
  return [{ span: at.segment, confidence: "likely", slots, evidence: [] }];
}

/** The callback that sleeps itself, or that calls the private function which does. */
function callbackOf(id: FunctionId, module: string, project: Project): FunctionId | null {
  const isCallback = (candidate: FunctionId): boolean =>
    callback.test(candidate.slice(module.length + 1)) && candidate.startsWith(`${module}.`);
  if (isCallback(id)) return id;
  if (project.functions.get(id)?.facts.visibility !== "private") return null;
  const site = callersOf(project, id).find(({ caller, deferred, span }) => {
    const clause = project.functions.get(caller)?.facts.clauses.find((candidate) => contains(candidate.span, span));
    return !deferred && isCallback(caller) && clause !== undefined && !runsElsewhere({ clause }, span);
  });
  return site?.caller ?? null;
}
