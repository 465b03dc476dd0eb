import type { Facts } from "../../../model/facts.js";
import type { Call } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { effectsWithin, traceEffect, type EffectSite } from "../../../project/effects-of.js";
import { optionsOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { callAt, processCallsIn, type ProcessCall } from "../../shared/process-calls.js";
import { requestPath } from "../../shared/requests.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; inside: string; request: string; cause: string };

export const streamTimeoutEndsRequest = defineRule<Slots>({
  id: "stream-timeout-ends-request",
  title: "One slow task ends the whole request",
  trigger: "missing_error_handling",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-755"],
  silencedBy: {},
  match: (facts: Facts, project) => processCallsIn(facts, project).flatMap((found) => matchOf(found, project)),
  what: ({ call, inside, request, cause }) =>
    `\`${call}\` in \`${inside}\` asks another service (\`${cause}\`) for each element without \`on_timeout:\`${request === inside ? "" : `, and \`${request}\` waits for it`}.`,
  why: () =>
    "With the default `on_timeout: :exit`, one answer slower than the timeout exits the process that waits: the request fails although all other answers are there, and no clause around the results sees it.",
  instead: () => "Give `on_timeout: :kill_task`, and take `{:exit, :timeout}` beside `{:ok, value}` where the results are read.",
  notWhen: [
    "`on_timeout:` is given, or the options come from elsewhere, or the timeout is `:infinity`.",
    "No request waits for it, or nothing is asked over HTTP.",
    "The exit is caught around it.",
    "More than five functions lie between the call and the HTTP call (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.PriceController do
  use Phoenix.Controller

  def index(conn, %{"items" => items}) do
    prices = items |> Task.async_stream(&fetch/1) |> Enum.map(fn {:ok, price} -> price end)
    json(conn, prices)
  end

  defp fetch(item), do: Req.get!("https://prices.example.com/" <> item).body
end
`,
      at: "Task.async_stream(&fetch/1)",
      good: `defmodule ShopWeb.PriceController do
  use Phoenix.Controller

  def index(conn, %{"items" => items}) do
    prices =
      items
      |> Task.async_stream(&fetch/1, on_timeout: :kill_task)
      |> Enum.flat_map(fn
        {:ok, price} -> [price]
        {:exit, :timeout} -> []
      end)

    json(conn, prices)
  end

  defp fetch(item), do: Req.get!("https://prices.example.com/" <> item).body
end
`,
    },
  ],
});

function matchOf(found: ProcessCall, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  if (!/^async_stream(_nolink)?$/.test(call.function)) return [];
  const path = requestPath(project, definition.id);
  if (path === null || path.length > 5) return [];
  const written = callAt(found);
  const asked = written === null ? undefined : askedFor(written, found, project);
  if (written === null || asked === undefined || isHandled(written, found)) return [];
  const steps = asked.callee === null ? [] : traceEffect(project, asked.callee, asked.effect);
  return [
    {
      span: written.segment,
      confidence: steps.length > 5 ? "possible" : "likely",
      slots: {
        call: `${call.module ?? ""}.${call.function}`,
        inside: spoken(definition.id),
        request: spoken(path[0] ?? definition.id),
        cause: spoken(steps.at(-1)?.call ?? asked.call),
      },
      evidence: steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
    },
  ];
}

/** What is asked for each element: within the call, or in the functions of the list that it applies (`& &1.(id)`). */
function askedFor(written: Call, { definition }: ProcessCall, project: Project): EffectSite | undefined {
  const applies = written.arguments.some(
    (argument) => argument.kind === "lambda" && argument.clauses.some(({ body }) => body.kind === "apply"),
  );
  const sites = effectsWithin(project, definition.id, applies ? written.span : written.segment);
  return sites.find(({ effect }) => effect === "http");
}

function isHandled(written: Call, { definition: { body } }: ProcessCall): boolean {
  const options = optionsOf(written);
  const last = written.arguments.at(-1);
  const isUnread = options === null && last?.kind !== "lambda" && last?.kind !== "capture";
  const given = options?.entries.some(
    ({ key, value }) => key === "on_timeout" || (key === "timeout" && value.kind === "literal" && value.type === "atom"),
  );
  return isUnread || given === true || (body.kind === "branch" && body.form === "try");
}
