import type { Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { defineRule, type Match } from "../../define.js";
import { discardedCalls } from "../../shared/discarded.js";
import { callAt, processCallsIn, type ProcessCall } from "../../shared/process-calls.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; inside: string; lasting: "yes" | "no"; linked: "yes" | "no" };

export const taskNeverAwaited = defineRule<Slots>({
  id: "task-never-awaited",
  title: "A task is started with async and nobody takes its reply",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-755"],
  silencedBy: {},
  fix: "supervise-task",
  match: (facts: Facts, project) => processCallsIn(facts, project).flatMap((found) => matchOf(found, facts, project)),
  what: ({ call, inside }) => `\`${inside}\` starts a task with \`${call}\` and drops it: nobody awaits its reply.`,
  why: ({ lasting, linked }) => {
    const crash =
      linked === "yes" ? "The task is linked, so a crash in it kills this process, and an end of this process kills the task half way" : "";
    const reply =
      lasting === "yes"
        ? "its reply arrives as a `{ref, result}` message that no clause of this module expects"
        : "its reply stays in the mailbox of the process for as long as it lives";
    return crash === "" ? `${reply[0]?.toUpperCase() ?? ""}${reply.slice(1)}.` : `${crash}; ${reply}.`;
  },
  instead: () =>
    "Where the result matters, keep the task and `Task.await/2` it; where it does not, start it with `Task.Supervisor.start_child/2`, which sends no reply and is not linked.",
  notWhen: [
    "The task is kept in a variable, given on, or returned.",
    "The module, another of its file or one that calls the function has a `handle_info` clause that takes replies of tasks (`{ref, result}`), or one for every message.",
    "`Task.start`, `Task.Supervisor.start_child` or `start_async` is used: they send no reply.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Signup do
  def run(user) do
    Task.async(fn -> Shop.Mailer.welcome(user) end)
    {:ok, user}
  end
end
`,
      at: "Task.async(fn -> Shop.Mailer.welcome(user) end)",
      good: `defmodule Shop.Signup do
  def run(user) do
    Task.Supervisor.start_child(Shop.Tasks, fn -> Shop.Mailer.welcome(user) end)
    {:ok, user}
  end
end
`,
    },
    {
      bad: `defmodule Shop.Feed do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_info(:refresh, state) do
    Task.async(fn -> Shop.Prices.refresh() end)
    {:noreply, state}
  end
end
`,
      at: "Task.async(fn -> Shop.Prices.refresh() end)",
      good: `defmodule Shop.Feed do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_info(:refresh, state) do
    Task.async(fn -> Shop.Prices.refresh() end)
    {:noreply, state}
  end

  def handle_info({ref, _prices}, state) when is_reference(ref) do
    Process.demonitor(ref, [:flush])
    {:noreply, state}
  end
end
`,
    },
  ],
});

const replying = /^async(_nolink)?$/;

function matchOf(found: ProcessCall, facts: Facts, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  if ((call.module !== "Task" && call.module !== "Task.Supervisor") || !replying.test(call.function)) return [];
  const written = callAt(found);
  if (written === null || ![...discardedCalls(definition.body), ...underscored(definition.body)].includes(written)) return [];
  const module = project.modules.get(definition.function.module);
  if (module === undefined || facts.modules.some(takesReplies) || isForTakers(found, project)) return [];
  const lasting = /^(server|live_view|live_component|channel)$/.test(module.role) || module.facts.functions.some(isCallback);
  return [
    {
      span: written.segment,
      confidence: "likely",
      slots: {
        call: `${call.module}.${call.function}`,
        inside: spoken(definition.id),
        lasting: lasting ? "yes" : "no",
        linked: call.function === "async" ? "yes" : "no",
      },
      evidence: [],
    },
  ];
}

function isCallback({ name, arity }: { readonly name: string; readonly arity: number }): boolean {
  return (name === "handle_info" && arity === 2) || (name === "handle_event" && arity === 4);
}

/** A helper of a process that takes replies. */
function isForTakers({ definition }: ProcessCall, project: Project): boolean {
  return callersOf(project, definition.id).some(({ caller }) => {
    const module = project.modules.get(project.functions.get(caller)?.module ?? "");
    return module !== undefined && takesReplies(module.facts);
  });
}

/** `_ = Task.async(…)`, `_task = Task.async(…)`. */
function underscored(body: Expression): readonly Expression[] {
  return collect(body, "match").flatMap(({ pattern, value }) =>
    pattern.kind === "variable" && pattern.name.startsWith("_") ? [value] : [],
  );
}

/** A clause for `{ref, result}`, or for anything at all. */
function takesReplies({ functions }: ModuleFacts): boolean {
  return functions.filter(isCallback).some(({ name, clauses }) =>
    clauses.some(({ parameters }) => {
      const message = parameters[name === "handle_info" ? 0 : 1];
      const plain = message?.kind === "match" ? (message.pattern.kind === "tuple" ? message.pattern : message.value) : message;
      if (plain?.kind === "variable") return true;
      return plain?.kind === "tuple" && plain.elements.length === 2 && plain.elements[0]?.kind === "variable";
    }),
  );
}
