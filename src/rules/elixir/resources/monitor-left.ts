import type { Branch, Call } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { runsElsewhere } from "../../shared/process-calls.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; way: "answer" | "timeout" };

const monitoring = definitionsCalling(monitors);

export const monitorLeft = defineRule<Slots>({
  id: "monitor-left",
  title: "A monitor stays after the answer it was set for",
  trigger: "resource_leak",
  area: "resources",
  severity: "low",
  cwe: ["CWE-772"],
  silencedBy: {},
  where: monitoring,
  match(facts, project) {
    return selectedIn(monitoring, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ inside, way }) =>
    `\`${inside}\` monitors a process, waits for its answer and leaves the monitor where ${way === "answer" ? "the answer came" : "it waited too long"}.`,
  why: () =>
    "Each call leaves one more monitor in the calling process, and when the other process ends its `:DOWN` message comes to a process that expects none: a server without a clause for it crashes, any other keeps it in its mailbox.",
  instead: () => "Call `Process.demonitor(ref, [:flush])` on every way out of the `receive` but the one that took `:DOWN`.",
  notWhen: [
    "`Process.demonitor` is called in the function, or in a helper of its module that is called there.",
    "Only `:DOWN` is waited for, without a limit.",
    "The process that waits is one that ends with the function: a task, or one that was spawned for it.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Printer do
  def print(server, text) do
    ref = Process.monitor(server)
    send(server, {:print, self(), ref, text})

    receive do
      {:printed, ^ref} -> :ok
      {:DOWN, ^ref, _, _, reason} -> {:error, reason}
    after
      5_000 -> {:error, :timeout}
    end
  end
end
`,
      at: "Process.monitor(server)",
      good: `defmodule Shop.Printer do
  def print(server, text) do
    ref = Process.monitor(server)
    send(server, {:print, self(), ref, text})

    receive do
      {:printed, ^ref} ->
        Process.demonitor(ref, [:flush])
        :ok

      {:DOWN, ^ref, _, _, reason} ->
        {:error, reason}
    end
  end
end
`,
    },
  ],
});

function monitors({ module, function: name }: Callee): boolean {
  return name === "monitor" && (module === "Process" || module === ":erlang");
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { body, clause } = definition;
  const { calls } = outlineOfClause(clause);
  if (calls.some(({ function: name }) => ending.test(name)) || releasesThroughHelper(definition, project)) return [];
  const made = collect(body, "match").find(
    ({ value }) => value.kind === "call" && monitors(value) && !runsElsewhere(definition, value.span),
  );
  const waiting = collect(body, "branch").find(({ form, span }) => form === "receive" && !runsElsewhere(definition, span));
  if (made === undefined || waiting === undefined || waiting.span.start < made.span.end) return [];
  const way = wayOut(waiting);
  const call = made.value as Call;
  return way === null ? [] : [{ span: call.segment, confidence: "likely", slots: { inside: spoken(definition.id), way }, evidence: [] }];
}

/** Gives the monitor back, or ends the process or the peer it watches. */
const ending = /^(demonitor|exit|kill|stop|terminate\w*|stop_\w+|halt)$/;

function releasesThroughHelper({ function: { module }, clause }: Definition, project: Project): boolean {
  const functions = project.modules.get(module)?.facts.functions ?? [];
  const called = new Set(outlineOfClause(clause).calls.flatMap((call) => (call.module === null ? [call.function] : [])));
  return functions.some(
    ({ name, clauses }) =>
      called.has(name) && clauses.some((helper) => outlineOfClause(helper).calls.some((call) => ending.test(call.function))),
  );
}

/** An arm that goes on although the monitor is still there. */
function wayOut({ clauses }: Branch): Slots["way"] | null {
  const answers = clauses.filter(({ role, patterns: [pattern] }) => {
    if (role === "after" || pattern?.kind !== "tuple") return false;
    return atomOf(pattern.elements[0]) !== "DOWN" && collect(pattern, "variable").some(({ pinned }) => pinned);
  });
  const watches = clauses.some(({ patterns: [pattern] }) => pattern?.kind === "tuple" && atomOf(pattern.elements[0]) === "DOWN");
  if (!watches) return null;
  if (answers.length > 0) return "answer";
  return clauses.some(({ role }) => role === "after") ? "timeout" : null;
}
