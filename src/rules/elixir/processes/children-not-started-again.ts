import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { FunctionId, Location, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, moduleNameOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { processesByModule } from "../../shared/process-calls.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; holder: string; filler: string };

const supervising = definitionsCalling(supervises);

export const childrenNotStartedAgain = defineRule<Slots>({
  id: "children-not-started-again",
  title: "A supervisor that restarts empty is filled only once",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-696"],
  silencedBy: {},
  where: supervising,
  match(facts: Facts, project) {
    return selectedIn(supervising, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => (supervises(call) ? matchesOf(call, definition, project) : [])),
    );
  },
  what: ({ inside, holder, filler }) =>
    `\`${inside}\` runs \`${holder}\` and \`${filler}\`, which starts children under it when it starts itself, with \`:one_for_one\`.`,
  why: ({ holder, filler }) =>
    `When \`${holder}\` ends (three crashes of its children within five seconds are enough) it comes back empty, and \`${filler}\`, which still runs, does not fill it again: nothing works and nothing is logged until the next deployment.`,
  instead: ({ holder, filler }) =>
    `Use \`strategy: :rest_for_one\` (\`${filler}\` stands after \`${holder}\` and is then started again too), or put the two under a supervisor of their own with it.`,
  notWhen: [
    "The strategy is `:rest_for_one` or `:one_for_all`, or is not written in this function.",
    "The process that starts the children looks again from time to time, or monitors the supervisor.",
    "Children are started later, when somebody asks for them: they are asked for again.",
    "More than four functions lie between its start and the start of the children.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Application do
  use Application

  def start(_type, _arguments) do
    children = [{DynamicSupervisor, name: Shop.FeedSupervisor}, Shop.FeedStarter]
    Supervisor.start_link(children, strategy: :one_for_one)
  end
end

defmodule Shop.FeedStarter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)
  def init(_), do: {:ok, nil, {:continue, :start}}

  def handle_continue(:start, state) do
    for shop <- Shop.Shops.all(), do: DynamicSupervisor.start_child(Shop.FeedSupervisor, {Shop.Feed, shop})
    {:noreply, state}
  end
end
`,
      at: ":one_for_one",
      good: `defmodule Shop.Application do
  use Application

  def start(_type, _arguments) do
    children = [{DynamicSupervisor, name: Shop.FeedSupervisor}, Shop.FeedStarter]
    Supervisor.start_link(children, strategy: :rest_for_one)
  end
end

defmodule Shop.FeedStarter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)
  def init(_), do: {:ok, nil, {:continue, :start}}

  def handle_continue(:start, state) do
    for shop <- Shop.Shops.all(), do: DynamicSupervisor.start_child(Shop.FeedSupervisor, {Shop.Feed, shop})
    {:noreply, state}
  end
end
`,
    },
  ],
});

function supervises({ module, function: name }: Callee): boolean {
  return module === "Supervisor" && (name === "start_link" || name === "init");
}

const furthest = 4;

function matchesOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [given, options] = call.arguments;
  const strategy = options === undefined ? null : optionOf(resolved(options, definition.body), "strategy");
  if (atomOf(strategy) !== "one_for_one" || strategy === null || given === undefined) return [];
  const listed = listedIn(given, definition.body).map(childOf);
  return listed.flatMap((holder, position): Match<Slots>[] => {
    const name = holder === null ? null : holderName(holder, project);
    if (name === null) return [];
    for (const filler of listed.slice(position + 1)) {
      const at = filler === null || looksAgain(filler.module, project) ? null : fillsAt(filler.module, name, project);
      if (filler === null || at === null) continue;
      const slots = { inside: spoken(definition.id), holder: spoken(name), filler: spoken(filler.module) };
      return [{ span: strategy.span, confidence: "likely", slots, evidence: [{ at, note: "it starts the children here" }] }];
    }
    return [];
  });
}

/** The elements of a list that is written here, put together with `++` or not. */
function listedIn(given: Expression, body: Expression): readonly Expression[] {
  const list = resolved(given, body);
  if (list.kind === "list") return list.elements;
  return list.kind === "operator" && list.operator === "++" ? list.operands.flatMap((operand) => listedIn(operand, body)) : [];
}

interface Child {
  readonly module: string;
  readonly options: Expression | null;
}

function childOf(element: Expression): Child | null {
  const module = moduleNameOf(element.kind === "tuple" ? element.elements[0] : element);
  return module === null ? null : { module, options: element.kind === "tuple" ? (element.elements[1] ?? null) : null };
}

/** What a DynamicSupervisor among the children is known as. */
function holderName({ module, options }: Child, project: Project): string | null {
  if (module === "DynamicSupervisor") return moduleNameOf(optionOf(options, "name"));
  return processesByModule(project).get(module)?.behaviour === "DynamicSupervisor" ? module : null;
}

/** A timer, or a monitor: it may find out that the children are gone. */
function looksAgain(module: string, project: Project): boolean {
  const functions = project.modules.get(module)?.facts.functions ?? [];
  return functions.some(({ clauses }) =>
    clauses.some((clause) =>
      outlineOfClause(clause).calls.some(({ function: name }) => /^(send_after|send_interval|apply_interval|monitor|link)$/.test(name)),
    ),
  );
}

/** Where the start of a process leads to a `start_child` under the name. */
function fillsAt(module: string, name: string, project: Project): Location | null {
  let frontier: FunctionId[] = [`${module}.init/1`, `${module}.handle_continue/2`];
  const seen = new Set(frontier);
  for (let depth = 0; depth <= furthest; depth += 1) {
    for (const id of frontier) {
      const at = startsUnder(id, name, project);
      if (at !== null) return at;
    }
    frontier = frontier.flatMap((id) => (project.calls.get(id) ?? []).map(({ callee }) => callee)).filter((id) => !seen.has(id));
    for (const id of frontier) seen.add(id);
  }
  return null;
}

function startsUnder(id: FunctionId, name: string, project: Project): Location | null {
  const entry = project.functions.get(id);
  for (const clause of entry?.facts.clauses ?? []) {
    const isStarting = outlineOfClause(clause).calls.some(
      ({ module, function: called }) => module === "DynamicSupervisor" && called === "start_child",
    );
    if (!isStarting || clause.body === null || entry === undefined) continue;
    const start = collect(clause.body, "call").find(
      ({ module, function: called, arguments: [under] }) =>
        module === "DynamicSupervisor" && called === "start_child" && moduleNameOf(under) === name,
    );
    if (start !== undefined) return { path: entry.path, span: start.segment };
  }
  return null;
}
