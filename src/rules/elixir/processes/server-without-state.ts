import type { Expression } from "../../../model/expression.js";
import type { Facts, FunctionClause, ModuleFacts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { processesByModule } from "../../shared/process-calls.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { server: string; answers: number };

export const serverWithoutState = defineRule<Slots>({
  id: "server-without-state",
  title: "Functions without state are run one at a time in a server",
  trigger: "critical_pattern",
  area: "processes",
  severity: "low",
  cwe: ["CWE-1050"],
  silencedBy: {},
  match(facts, project) {
    return isProduction(facts.path) ? facts.modules.flatMap((module) => matchOf(module, facts, project)) : [];
  },
  what: ({ server, answers }) =>
    `\`${server}\` is a GenServer whose state no callback reads or changes: ${answers === 1 ? "its one `handle_call` clause only computes" : `its ${String(answers)} \`handle_call\` clauses only compute`}.`,
  why: ({ server }) =>
    `All callers of \`${server}\` wait in one line for work that they could do at the same time in their own processes, each argument and answer is copied, and a crash for one caller is a crash for all that wait.`,
  instead: ({ server }) => `Make the clauses plain functions of \`${server}\` and take it out of its supervisor.`,
  notWhen: [
    "A callback reads the state or gives back another one, or there are other callbacks than `init` and `handle_call`.",
    "The work does something outside (HTTP, the database, a file, a command, a message): one at a time may be the point.",
    "`init` does something, as a registration or a table.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Tax do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def rate(country), do: GenServer.call(__MODULE__, {:rate, country})

  def init(state), do: {:ok, state}

  def handle_call({:rate, country}, _from, state) do
    {:reply, compute(country), state}
  end

  defp compute("DE"), do: 19
  defp compute(_), do: 20
end
`,
      at: "Shop.Tax",
      good: `defmodule Shop.Tax do
  use GenServer

  def start_link(rates), do: GenServer.start_link(__MODULE__, rates, name: __MODULE__)
  def rate(country), do: GenServer.call(__MODULE__, {:rate, country})

  def init(rates), do: {:ok, rates}

  def handle_call({:rate, country}, _from, rates) do
    {:reply, Map.get(rates, country, 20), rates}
  end
end
`,
    },
  ],
});

const callbacks = /^(handle_\w+|terminate|code_change|format_status)$/;

function matchOf(module: ModuleFacts, facts: Facts, project: Project): Match<Slots>[] {
  if (processesByModule(project).get(module.name)?.behaviour !== "GenServer") return [];
  const present = module.functions.filter(({ name }) => callbacks.test(name));
  const [answering] = present;
  if (answering?.name !== "handle_call" || present.length > 1 || answering.arity !== 3) return [];
  const entry = `${module.name}.handle_call/3`;
  if (effectsOf(project, entry).size > 0 || !isIdle(module)) return [];
  if (!answering.clauses.every(leavesState)) return [];
  const slots = { server: spoken(module.name), answers: answering.clauses.length };
  const evidence = [{ at: { path: facts.path, span: answering.nameSpan }, note: "gives the state back as it came" }];
  return [{ span: module.nameSpan, confidence: "likely", slots, evidence }];
}

/** `init` that calls nothing. */
function isIdle({ functions }: ModuleFacts): boolean {
  const init = functions.find(({ name, arity }) => name === "init" && arity === 1);
  return init !== undefined && init.clauses.every(({ body }) => body !== null && collect(body, "call").length === 0);
}

/** The state is taken by a name and named once more, as the last part of `{:reply, answer, state}`. */
function leavesState({ parameters: [message, , state], guard, body }: FunctionClause): boolean {
  if (state?.kind !== "variable" || body === null || message === undefined || guard !== null) return false;
  const last = body.kind === "block" ? body.expressions.at(-1) : body;
  if (last?.kind !== "tuple" || last.elements.length !== 3 || atomOf(last.elements[0]) !== "reply") return false;
  const given: Expression | undefined = last.elements[2];
  const uses = collect(body, "variable").filter(({ name }) => name === state.name);
  const computes = last.elements[1];
  return (
    given?.kind === "variable" && given.name === state.name && uses.length === 1 && computes !== undefined && computes.kind !== "literal"
  );
}
