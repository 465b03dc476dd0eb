import type { Expression } from "../../../model/expression.js";
import type { FunctionFacts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { fits } from "../../../project/outcomes/fits.js";
import { any, error, isFailure, isWhole, tuple } from "../../../project/outcomes/shapes.js";
import { outcomesOfCode } from "../../../project/outcomes/sites.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; callback: string };

const callbacks = among(
  definitionsNamed((name) => name === "handle_info" || name === "handle_event"),
  isCallback,
);

export const taskErrorUnhandled = defineRule<Slots>({
  id: "task-error-unhandled",
  title: "A process handles a task's success and its crash, and not its error",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-754"],
  silencedBy: {},
  where: callbacks,
  match(facts, project) {
    return selectedIn(callbacks, facts, project).flatMap((definition) => matchOf(definition, project));
  },
  what: ({ inside, callback }) =>
    `\`${inside}\` takes the \`:DOWN\` of its task, and \`{ref, {:ok, …}}\`; no clause of \`${callback}\` takes \`{ref, {:error, …}}\`.`,
  why: () =>
    "When the task gives an error instead of crashing, its message raises a `FunctionClauseError`: the process ends with all its state instead of trying again.",
  instead: () =>
    "Add a clause for `{ref, {:error, reason}}` that demonitors the task and does what the `:DOWN` clause does, with the reason logged.",
  notWhen: [
    "A clause takes every message, or every result of the task.",
    "Everything the task can give is known, and no error is among it.",
    "The result of the task is not matched as `{:ok, …}`.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Sync do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_cast(:start, state) do
    task = Task.Supervisor.async_nolink(Shop.Tasks, fn -> Shop.Warehouse.fetch(state.since) end)
    {:noreply, %{state | task_ref: task.ref}}
  end

  def handle_info({ref, {:ok, rows}}, %{task_ref: ref} = state) do
    Process.demonitor(ref, [:flush])
    {:noreply, %{state | rows: rows, task_ref: nil}}
  end

  def handle_info({:DOWN, ref, _, _, _reason}, %{task_ref: ref} = state) do
    {:noreply, %{state | task_ref: nil}}
  end
end
`,
      at: "{:DOWN, ref, _, _, _reason}",
      good: `defmodule Shop.Sync do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_cast(:start, state) do
    task = Task.Supervisor.async_nolink(Shop.Tasks, fn -> Shop.Warehouse.fetch(state.since) end)
    {:noreply, %{state | task_ref: task.ref}}
  end

  def handle_info({ref, {:ok, rows}}, %{task_ref: ref} = state) do
    Process.demonitor(ref, [:flush])
    {:noreply, %{state | rows: rows, task_ref: nil}}
  end

  def handle_info({ref, {:error, _reason}}, %{task_ref: ref} = state) do
    Process.demonitor(ref, [:flush])
    {:noreply, %{state | task_ref: nil}}
  end

  def handle_info({:DOWN, ref, _, _, _reason}, %{task_ref: ref} = state) do
    {:noreply, %{state | task_ref: nil}}
  end
end
`,
    },
  ],
});

/** Where the message stands among the parameters of a callback. */
const positions: ReadonlyMap<string, number> = new Map([
  ["handle_info/2", 0],
  ["handle_event/4", 1],
]);

function isCallback({ function: { facts } }: Definition): boolean {
  return positions.has(`${facts.name}/${String(facts.arity)}`) && facts.clauses.length > 1;
}

function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { facts, module } = definition.function;
  const position = positions.get(`${facts.name}/${String(facts.arity)}`) ?? 0;
  const down = definition.clause.parameters[position];
  if (down === undefined || !isDown(down)) return [];
  const messages = messagesOf(facts, position);
  const failure = tuple(any, error(any));
  if (!messages.some(isSuccess) || messages.some((message) => fits(message, failure) !== "never")) return [];
  if (!startsTasks(module, project)) return [];
  const slots = { inside: spoken(definition.id), callback: spoken(definition.id) };
  return [{ span: down.span, confidence: "likely", slots, evidence: [] }];
}

/** The messages a callback takes; of `handle_event` those that are no call, cast or time-out. */
function messagesOf({ clauses }: FunctionFacts, position: number): Expression[] {
  return clauses.flatMap(({ parameters }) => {
    const kind = position === 0 ? "info" : (atomOf(parameters[0]) ?? (parameters[0]?.kind === "variable" ? "info" : "other"));
    const message = parameters[position];
    return message === undefined || kind !== "info" ? [] : [message];
  });
}

function isDown(message: Expression): boolean {
  return message.kind === "tuple" && message.elements.length === 5 && atomOf(message.elements[0]) === "DOWN";
}

/** `{ref, {:ok, …}}`. */
function isSuccess(message: Expression): boolean {
  if (message.kind !== "tuple" || message.elements.length !== 2) return false;
  const [reference, result] = message.elements;
  return reference?.kind === "variable" && result?.kind === "tuple" && atomOf(result.elements[0]) === "ok";
}

/** Whether a function of the module starts a task that it does not wait for, and whose result may be an error. */
function startsTasks(module: string, project: Project): boolean {
  const entry = project.modules.get(module);
  return (entry?.facts.functions ?? []).some(({ clauses }) =>
    clauses.some((clause) => {
      if (!outlineOfClause(clause).calls.some(({ function: name }) => name === "async_nolink")) return false;
      const starts = clause.body === null ? [] : collect(clause.body, "call").filter((call) => call.function === "async_nolink");
      const place = { module, path: entry?.path ?? "", function: null };
      return starts.some(({ arguments: given }) =>
        given.some((work) => work.kind === "lambda" && mayFail(work.clauses[0]?.body, place, project)),
      );
    }),
  );
}

function mayFail(body: Expression | undefined, place: Parameters<typeof outcomesOfCode>[2], project: Project): boolean {
  if (body === undefined) return true;
  const outcomes = outcomesOfCode(project, body, place);
  return !isWhole(outcomes) || outcomes.some(({ shape }) => isFailure(shape));
}
