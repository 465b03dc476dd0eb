import type { Call, Expression } from "../../../model/expression.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { stream: string; consumer: string; function: string };

const callers = definitionsCalling(streams);

export const streamOutsideTransaction = defineRule<Slots>({
  id: "stream-outside-transaction",
  title: "A database stream is consumed outside a transaction",
  trigger: "critical_pattern",
  area: "data",
  severity: "high",
  cwe: ["CWE-755"],
  silencedBy: {},
  fix: "stream-in-transaction",
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ stream, consumer, function: name }) =>
    `\`${consumer}\` consumes \`${stream}\` in \`${name}\`, and no transaction is open around it.`,
  why: ({ stream }) =>
    `On PostgreSQL and MySQL \`${stream}\` needs the cursor of a transaction: the first row that is asked for raises "cannot reduce stream outside of transaction".`,
  instead: ({ consumer }) =>
    `Consume it inside \`Repo.transaction(fn -> … ${consumer}(…) end, timeout: …)\`; where the rows fit into memory, \`Repo.all\` needs none.`,
  notWhen: [
    "A transaction is open around the code, or around any call that leads to it.",
    "The stream is only built and handed to the caller, who may open the transaction.",
    "The database is SQLite or another whose adapter streams without one.",
    "Nothing is known to consume it.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Export do
  alias Shop.Repo

  def run(query) do
    query |> Repo.stream() |> Stream.map(& &1.id) |> Enum.to_list()
  end
end
`,
      at: "Repo.stream()",
      good: `defmodule Shop.Export do
  alias Shop.Repo

  def run(query) do
    Repo.transaction(fn -> query |> Repo.stream() |> Stream.map(& &1.id) |> Enum.to_list() end)
  end
end
`,
    },
    {
      bad: `defmodule Shop.Export do
  alias Shop.Repo

  def run(query) do
    rows = Repo.stream(query)
    Enum.each(rows, &IO.inspect/1)
  end
end
`,
      at: "Repo.stream(query)",
      good: `defmodule Shop.Export do
  alias Shop.Repo

  def run(query), do: Repo.transaction(fn -> print(query) end)

  defp print(query) do
    rows = Repo.stream(query)
    Enum.each(rows, &IO.inspect/1)
  end
end
`,
    },
  ],
});

const farthest = 4;

function streams(call: Callee): boolean {
  return call.function === "stream" && call.module !== "Ecto.Adapters.SQL";
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  if (!streams(call) || repositoryCall(project, call) === null) return [];
  if (call.arguments.length === 0 || hasOtherAdapter(project) || isInside(definition.body, call.span, project)) return [];
  const consumer = consumerOf(call, definition.body);
  if (consumer === null || mayBeInside(definition.id, project, 0)) return [];
  return [
    {
      span: call.segment,
      confidence: "certain",
      slots: { stream: "Repo.stream", consumer: `Enum.${consumer.function}`, function: spoken(definition.id) },
      evidence: [{ at: { path: definition.function.path, span: consumer.segment }, note: "the rows are asked for here" }],
    },
  ];
}

/** Adapters that stream without a transaction. */
function hasOtherAdapter(project: Project): boolean {
  return !project.dependencies.has("postgrex") && !project.dependencies.has("myxql") && project.dependencies.has("ecto_sqlite3");
}

/** The `Enum` call that the stream flows into, directly, through `Stream` functions, or by the variable it was bound to. */
function consumerOf(call: Call, body: Expression): Call | null {
  const flows = (source: Expression | undefined): boolean => {
    if (source === undefined) return false;
    if (source.kind === "call" && source.segment.start === call.segment.start) return true;
    if (source.kind === "call" && source.module === "Stream") return flows(source.arguments[0]);
    if (source.kind !== "variable") return false;
    return collect(body, "match").some(
      ({ pattern, value }) => pattern.kind === "variable" && pattern.name === source.name && value.kind === "call" && flows(value),
    );
  };
  return collect(body, "call").find((candidate) => candidate.module === "Enum" && flows(candidate.arguments[0])) ?? null;
}

/** Whether a transaction of this code, or a lambda handed to a function of the project, stands around the place. */
function isInside(body: Expression, at: Span, project: Project): boolean {
  return collect(body, "call").some((call) => {
    const opens = /transact|checkout|multi|\brun$/i.test(call.function) || repositoryCall(project, call)?.operation === "transaction";
    return opens && call.arguments.some((argument) => argument.kind === "lambda" && contains(argument.span, at));
  });
}

function mayBeInside(id: FunctionId, project: Project, depth: number): boolean {
  if (depth > farthest) return true;
  return callersOf(project, id).some(({ caller, span }) => {
    const entry = project.functions.get(caller);
    const around = entry?.facts.clauses.find((clause) => clause.body !== null && contains(clause.span, span));
    if (around?.body === null || around?.body === undefined) return true;
    return isInside(around.body, span, project) || (caller !== id && mayBeInside(caller, project, depth + 1));
  });
}
