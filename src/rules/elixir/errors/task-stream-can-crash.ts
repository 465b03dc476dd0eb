import type { Call, Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; inside: string; entry: string; limit: string };

function isStream({ function: name }: Callee): boolean {
  return name === "async_stream" || name === "async_stream_nolink";
}

const callers = definitionsCalling(isStream);

export const taskStreamCanCrash = defineRule<Slots>({
  id: "task-stream-can-crash",
  title: "One slow element of a task stream ends the request",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-755"],
  silencedBy: {},
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      requestPath(project, definition.id) !== null
        ? collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project))
        : [],
    );
  },
  what: ({ call, inside, limit }) => `\`${call}\` in \`${inside}\` exits when one element takes longer than ${limit}.`,
  why: ({ entry }) =>
    `\`on_timeout:\` is \`:exit\` unless said otherwise: the process that answers for \`${entry}\` ends, and with it the results of all the other elements.`,
  instead: () => "Pass `on_timeout: :kill_task` and handle `{:exit, :timeout}` among the results, with a `timeout:` that fits the request.",
  notWhen: [
    "`on_timeout:` is given, or `timeout: :infinity`.",
    "The options come from elsewhere.",
    "No request leads to it.",
    "What runs per element neither waits for a database, a process, a service or a file nor calls anything that is not known.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.RatesController do
  use Phoenix.Controller

  def index(conn, %{"currencies" => currencies}) do
    rates = currencies |> Task.async_stream(&fetch_rate/1) |> Enum.map(fn {:ok, rate} -> rate end)
    json(conn, rates)
  end

  defp fetch_rate(currency), do: HTTPoison.get!("https://rates.example.com/" <> currency).body
end
`,
      at: "Task.async_stream(&fetch_rate/1)",
      good: `defmodule ShopWeb.RatesController do
  use Phoenix.Controller

  def index(conn, %{"currencies" => currencies}) do
    rates =
      currencies
      |> Task.async_stream(&fetch_rate/1, on_timeout: :kill_task)
      |> Enum.flat_map(fn
        {:ok, rate} -> [rate]
        {:exit, :timeout} -> []
      end)

    json(conn, rates)
  end

  defp fetch_rate(currency), do: HTTPoison.get!("https://rates.example.com/" <> currency).body
end
`,
    },
  ],
});

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  if (!isStream(call) || (call.module !== "Task" && call.module !== "Task.Supervisor")) return [];
  const work = call.arguments.find(({ kind }) => kind === "lambda" || kind === "capture");
  const last = call.arguments.at(-1);
  if (work === undefined || (last !== work && last?.kind !== "keyword") || optionOf(call, "on_timeout") !== null) return [];
  const timeout = optionOf(call, "timeout");
  if (atomOf(timeout) === "infinity" || !mayBeSlow(work, definition, project)) return [];
  const entry = requestPath(project, definition.id)?.[0] ?? definition.id;
  const limit = timeout === null ? "5 seconds" : timeout.kind === "literal" ? `${timeout.value} ms` : "its timeout";
  return [
    {
      span: call.segment,
      confidence: "likely",
      slots: { call: `${call.module}.${call.function}`, inside: spoken(definition.id), entry: spoken(entry), limit },
      evidence: [],
    },
  ];
}

const slow = new Set(["http", "mail", "query", "write", "transaction", "command", "process_call", "sleep"]);

/** Whether what runs per element waits for something, or calls what the project does not tell. */
function mayBeSlow(work: Expression, definition: Definition, project: Project): boolean {
  if (effectsWithin(project, definition.id, work.span).some(({ effect }) => slow.has(effect))) return true;
  const reached = (project.calls.get(definition.id) ?? []).filter(({ span }) => contains(work.span, span)).map(({ callee }) => callee);
  if (collect(work, "call").some(isHeld)) return true;
  return reached.some((id) =>
    project.functions
      .get(id)
      ?.facts.clauses.some((clause) => outlineOfClause(clause).calls.some(({ details }) => isAttribute(details?.receiver?.kind))),
  );
}

/** `@client.get(…)`: a module that the configuration chooses. */
function isHeld({ subject }: Call): boolean {
  return isAttribute(subject?.kind);
}

function isAttribute(kind: string | undefined): boolean {
  return kind === "attribute";
}
