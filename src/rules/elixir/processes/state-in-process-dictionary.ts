import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import type { Definition } from "../../shared/definitions.js";
import { processesByModule } from "../../shared/process-calls.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; key: string; reader: string };

export const stateInProcessDictionary = defineRule<Slots>({
  id: "state-in-process-dictionary",
  title: "A server keeps state in its process dictionary",
  trigger: "critical_pattern",
  area: "processes",
  severity: "low",
  cwe: ["CWE-1108"],
  silencedBy: {},
  match(facts: Facts, project) {
    const writing = servingDefinitionsCalling(facts, project, puts).filter(({ function: { module } }) => isServer(module, project));
    const reading = writing.length === 0 ? [] : servingDefinitionsCalling(facts, project, gets);
    return writing.flatMap((definition) => matchesIn(definition, reading));
  },
  what: ({ inside, key, reader }) => `\`${inside}\` keeps \`${key}\` in the process dictionary, and \`${reader}\` reads it from there.`,
  why: () =>
    "The server has two states, of which one is seen by no callback's arguments, no `:sys.get_state`, no `format_status` and no test: what a clause does depends on what ran before it.",
  instead: ({ key }) => `Keep \`${key}\` in the state that the callbacks are given and give back.`,
  notWhen: [
    "The module is no server: a library may keep a value for the length of a call.",
    'The key is one of the system\'s (`:"$callers"`), or of a logger, a locale or a tracer.',
    "The same function reads it that has put it.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Meter do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_cast({:seen, order}, state) do
    Process.put(:last_order, order)
    {:noreply, state}
  end

  def handle_call(:last, _from, state), do: {:reply, Process.get(:last_order), state}
end
`,
      at: "Process.put(:last_order, order)",
      good: `defmodule Shop.Meter do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_cast({:seen, order}, state), do: {:noreply, %{state | last_order: order}}
  def handle_call(:last, _from, state), do: {:reply, state.last_order, state}
end
`,
    },
  ],
});

function puts({ module, function: name }: Callee): boolean {
  return module === "Process" && name === "put";
}

function gets({ module, function: name }: Callee): boolean {
  return module === "Process" && name === "get";
}

function isServer(module: string, project: Project): boolean {
  return processesByModule(project).get(module)?.behaviour === "GenServer";
}

const callback = /^(init|handle_\w+|terminate)$/;
const foreign = /^\$|log|locale|trac|otel|telemetry|sandbox|caller/i;

function matchesIn(definition: Definition, reading: readonly Definition[]): Match<Slots>[] {
  const { function: entry } = definition;
  if (!callback.test(entry.facts.name) && entry.facts.visibility !== "private") return [];
  return collect(definition.body, "call").flatMap((call): Match<Slots>[] => {
    const key = puts(call) ? keyOf(call.arguments[0]) : null;
    if (key === null || foreign.test(key.replace(/^[:@]/, ""))) return [];
    const reader = reading.find(
      ({ id, body, function: { module } }) =>
        module === entry.module &&
        id !== definition.id &&
        collect(body, "call").some((other) => gets(other) && keyOf(other.arguments[0]) === key),
    );
    if (reader === undefined) return [];
    return [
      { span: call.segment, confidence: "likely", slots: { inside: spoken(definition.id), key, reader: spoken(reader.id) }, evidence: [] },
    ];
  });
}

function keyOf(key: Expression | undefined): string | null {
  const atom = atomOf(key);
  return key?.kind === "attribute" ? `@${key.name}` : atom === null ? null : `:${atom}`;
}
