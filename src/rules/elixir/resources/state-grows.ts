import type { Call, Expression } from "../../../model/expression.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { processCallsIn, callAt, processesByModule, type ProcessCall } from "../../shared/process-calls.js";
import { perProject } from "../../shared/per-project.js";
import { serverByName } from "../../shared/server-names.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; held: string; way: "agent" | "server"; fault: "grows" | "copies" };

export const stateGrows = defineRule<Slots>({
  id: "state-grows",
  title: "A process collects what it never lets go",
  trigger: "resource_leak",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-401", "CWE-770"],
  silencedBy: {},
  match(facts: Facts, project) {
    const agents = processCallsIn(facts, project).flatMap((found) => inAgent(found, facts, project));
    const servers = servingDefinitions(facts, project).flatMap((definition) => inServer(definition, facts, project));
    return [...agents, ...servers];
  },
  what: ({ inside, held, way, fault }) => {
    const place = way === "agent" ? "an Agent" : "the state of its server";
    return fault === "grows"
      ? `\`${inside}\` adds to ${held} in ${place}, and nothing of the module ever takes anything out.`
      : `\`${inside}\` appends to ${held} in ${place} with \`++\` for every event.`;
  },
  why: ({ fault }) =>
    fault === "grows"
      ? "The process lives as long as the application: its memory grows with every event until the node is killed, and each collection of its garbage copies the whole of it."
      : "Each event keeps one more value and copies the whole list, in the one process all events wait for: the busier the system, the slower it gets, and between two resets nothing limits it.",
  instead: ({ fault }) =>
    fault === "grows"
      ? "Keep a number of elements (`Enum.take([x | list], 100)`), or what is asked of them (a count, a sum), or write them to a table with an expiry."
      : "Keep what is asked of the values (a count and a sum, a histogram) instead of the values, or put the new one in front (`[x | list]`) and keep a fixed number.",
  notWhen: [
    "The module shortens, replaces or empties what it keeps, or stops its process.",
    "The process is not one that lives with the application under a fixed name.",
    "It is a map with a key of its own for each element: keys may be few.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Log do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{events: []}, name: __MODULE__)
  def init(state), do: {:ok, state}

  def handle_cast({:event, event}, state) do
    {:noreply, %{state | events: [event | state.events]}}
  end
end
`,
      at: "[event | state.events]",
      good: `defmodule Shop.Log do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{events: []}, name: __MODULE__)
  def init(state), do: {:ok, state}

  def handle_cast({:event, event}, state) do
    {:noreply, %{state | events: Enum.take([event | state.events], 100)}}
  end
end
`,
    },
    {
      bad: `defmodule Shop.Durations do
  use Agent

  def start_link(_), do: Agent.start_link(fn -> [] end, name: __MODULE__)

  def handle_event(_name, %{duration: duration}, _metadata, _config) do
    Agent.update(__MODULE__, fn durations -> durations ++ [duration] end)
  end

  def reset, do: Agent.update(__MODULE__, fn _ -> [] end)
end
`,
      at: "Agent.update(__MODULE__, fn durations -> durations ++ [duration] end)",
      good: `defmodule Shop.Durations do
  use Agent

  def start_link(_), do: Agent.start_link(fn -> {0, 0} end, name: __MODULE__)

  def handle_event(_name, %{duration: duration}, _metadata, _config) do
    Agent.update(__MODULE__, fn {count, sum} -> {count + 1, sum + duration} end)
  end

  def reset, do: Agent.update(__MODULE__, fn _ -> {0, 0} end)
end
`,
    },
  ],
});

const shortening =
  /^(take|take_while|drop|drop_while|slice|delete|delete_at|delete_first|pop|pop_at|pop_in|pop_first|filter|reject|split|split_with|split_while|out|clear|reset|prune|trim|cleanup|uniq|new|flush|difference|stop|get_and_update|keydelete|chunk_every|reduce|partition|group_by|without|subtract|min_max|replace_at)/;

/** Any sign in the module that what is kept is also let go: shortened, emptied, matched away, or gone with its process. */
function letsGo({ functions }: ModuleFacts): boolean {
  return functions.some(({ name, clauses }) => {
    if (/^(init|start_link|child_spec)$/.test(name)) return false;
    return clauses.some((clause) => {
      const { calls } = outlineOfClause(clause);
      if (calls.some((call) => shortening.test(call.function))) return true;
      const { body, parameters } = clause;
      return [...parameters, ...(body === null ? [] : [body])].some((code) => empties(code) || replaces(code));
    });
  });
}

/** `Agent.update(name, fn _ -> … end)`: whatever was kept is gone. */
function replaces(code: Expression): boolean {
  return collect(code, "call").some(
    ({ module, arguments: given }) =>
      module === "Agent" &&
      given.some(
        (argument) =>
          argument.kind === "lambda" &&
          argument.clauses.some(({ patterns: [kept] }) => kept?.kind === "variable" && kept.name.startsWith("_")),
      ),
  );
}

/** `[]`, `%{}` as a new value, `{:stop, …}`, or a list taken apart. */
function empties(code: Expression): boolean {
  const isEmptied = (value: Expression): boolean =>
    (value.kind === "list" && value.elements.length === 0 && value.tail === null) ||
    (value.kind === "map" && value.struct === null && value.base === null && value.entries.length === 0);
  return (
    collect(code, "map").some(({ entries }) => entries.some(({ value }) => isEmptied(value))) ||
    collect(code, "keyword").some(({ entries }) => entries.some(({ value }) => isEmptied(value))) ||
    collect(code, "tuple").some(({ elements }) => elements.some(isEmptied)) ||
    collect(code, "literal").some(({ type, value }) => type === "atom" && (value === "stop" || value === "shutdown")) ||
    collect(code, "match").some(({ pattern }) => collect(pattern, "list").some(({ tail }) => tail !== null))
  );
}

/** `Agent.update(name, fn list -> list ++ [x] end)` for each event of the system. */
function inAgent(found: ProcessCall, facts: Facts, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  if (call.module !== "Agent" || !/^(update|cast)$/.test(call.function)) return [];
  const written = callAt(found);
  const module = facts.modules.find(({ name }) => name === definition.function.module);
  if (written === null || module === undefined || !isAppending(written)) return [];
  const isEvent = definition.function.facts.name === "handle_event" && definition.function.facts.arity === 4;
  const grows = !letsGo(module) && processesByModule(project).get(module.name)?.behaviour === "Agent";
  if (!isEvent && !grows) return [];
  const slots: Slots = { inside: spoken(definition.id), held: "a list", way: "agent", fault: grows ? "grows" : "copies" };
  return [{ span: written.segment, confidence: "likely", slots, evidence: [] }];
}

function isAppending(written: Call): boolean {
  return written.arguments.some(
    (argument) =>
      argument.kind === "lambda" &&
      collect(argument, "operator").some(({ operator, operands }) => operator === "++" && operands[1]?.kind === "list"),
  );
}

/** `%{state | events: [event | state.events]}` in a callback of a server with a fixed name. */
function inServer(definition: Definition, facts: Facts, project: Project): Match<Slots>[] {
  const { module: name, facts: entry } = definition.function;
  if (!/^handle_(cast|info|call)$/.test(entry.name)) return [];
  if (!servers(project).has(name) || processesByModule(project).get(name)?.behaviour !== "GenServer") return [];
  const module = facts.modules.find((candidate) => candidate.name === name);
  if (module === undefined) return [];
  const added = collect(definition.body, "map").flatMap(({ base, entries }) =>
    base?.kind !== "variable"
      ? []
      : entries.filter(({ key, value }) => isAddedTo(value, base.name, key.kind === "literal" ? key.value : "")),
  );
  const [first] = added;
  if (first === undefined || letsGo(module)) return [];
  const held = first.key.kind === "literal" ? `\`${first.key.value}\`` : "a list";
  const slots: Slots = { inside: spoken(definition.id), held, way: "server", fault: "grows" };
  return [{ span: first.value.span, confidence: "likely", slots, evidence: [] }];
}

const servers = perProject((project): ReadonlySet<string> => new Set(serverByName(project).values()));

/** `[x | state.events]`, `state.events ++ [x]`. */
function isAddedTo(value: Expression, state: string, key: string): boolean {
  const isField = (part: Expression | null | undefined): boolean =>
    part?.kind === "access" && part.field === key && part.subject.kind === "variable" && part.subject.name === state;
  if (value.kind === "list") return isField(value.tail);
  return value.kind === "operator" && value.operator === "++" && value.operands.some(isField);
}
