import type { Facts, FunctionClause } from "../../../model/facts.js";
import type { Expression } from "../../../model/expression.js";
import type { Effect, FunctionId, Project } from "../../../model/project.js";
import { effectsWithin, traceEffect, type EffectSite } from "../../../project/effects-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { mayTake } from "../../shared/message-patterns.js";
import { perProject } from "../../shared/per-project.js";
import { callAt, processCallsIn, runsElsewhere, type ProcessCall } from "../../shared/process-calls.js";
import { serverNamed } from "../../shared/server-names.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; server: string; does: string; cause: string; others: number };

export const callOutlivesTimeout = defineRule<Slots>({
  id: "call-outlives-timeout",
  title: "A call waits five seconds for work that takes longer",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-1088"],
  silencedBy: {},
  match(facts: Facts, project) {
    const byServer = new Map<string, Match<Slots>>();
    for (const found of processCallsIn(facts, project)) {
      for (const { server, match } of matchOf(found, project)) {
        const first = byServer.get(server);
        if (first === undefined) byServer.set(server, match);
        else {
          const clue = { at: { path: facts.path, span: match.span }, note: "waits for the same server" };
          const others = Number(first.slots.others) + 1;
          const evidence = first.evidence.length < 8 ? [...first.evidence, clue] : first.evidence;
          byServer.set(server, { ...first, slots: { ...first.slots, others }, evidence });
        }
      }
    }
    return [...byServer.values()];
  },
  what: ({ inside, server, does, cause, others }) =>
    `\`${inside}\` waits at most the default 5 seconds for \`${server}\`, which ${does} (\`${cause}\`) before it answers${others === 0 ? "" : `; ${String(others)} more calls of this file do the same`}.`,
  why: ({ server }) =>
    `One slow answer from outside blocks \`${server}\` for all who call it: those behind it wait in line, exit after 5 seconds, and their requests are still carried out afterwards.`,
  instead: ({ server }) =>
    `Do the slow work outside the server (in the caller, or in a task that answers with \`GenServer.reply/2\`), so that \`${server}\` only guards its state; if it must stay, give the call a timeout longer than that of the work.`,
  notWhen: [
    "A timeout is given.",
    "The server answers first, or lets a task do the work (`{:noreply, …}` and `GenServer.reply`).",
    "It cannot be told which module the called process runs, or which of its clauses answers.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency})

  def init(state), do: {:ok, state}

  def handle_call({:rate, currency}, _from, state) do
    {:reply, Req.get!("https://rates.example.com/" <> currency).body, state}
  end
end
`,
      at: "GenServer.call(__MODULE__, {:rate, currency})",
      good: `defmodule Shop.Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency}, 20_000)

  def init(state), do: {:ok, state}

  def handle_call({:rate, currency}, _from, state) do
    {:reply, Req.get!("https://rates.example.com/" <> currency).body, state}
  end
end
`,
    },
  ],
});

/** Work whose length somebody else decides. */
const slow: readonly Effect[] = ["http", "mail", "command"];
const does: Readonly<Partial<Record<Effect, string>>> = {
  http: "makes an HTTP call",
  mail: "sends mail",
  command: "runs a program",
};

function matchOf(found: ProcessCall, project: Project): { server: string; match: Match<Slots> }[] {
  const { definition, call } = found;
  if (call.module !== "GenServer" || call.function !== "call" || call.arity !== 2) return [];
  const written = callAt(found);
  const server = serverNamed(written?.arguments[0], project) ?? ownServer(found, written?.arguments[0], project);
  const message = written?.arguments[1];
  if (written === null || server === null || message === undefined) return [];
  const work = slowAnswers(project)
    .get(server)
    ?.find(({ clause }) => mayTake(clause.parameters[0], message));
  if (work === undefined) return [];
  const { site, id } = work;
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, site.effect);
  const evidence: Clue[] = [
    { at: site, note: `${spoken(id)} calls ${spoken(site.call)}` },
    ...steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
  ];
  const slots: Slots = {
    inside: spoken(definition.id),
    server: spoken(server),
    does: does[site.effect] ?? "",
    cause: spoken(steps.at(-1)?.call ?? site.call),
    others: 0,
  };
  return [{ server, match: { span: written.segment, confidence: steps.length > 4 ? "possible" : "likely", slots, evidence } }];
}

/** The functions of a server's own module through which others call it by a pid or a name worked out (`via(id)`). */
function ownServer({ definition }: ProcessCall, receiver: Expression | undefined, project: Project): string | null {
  const { module, facts } = definition.function;
  const isWorkedOut = receiver !== undefined && ["variable", "call", "tuple"].includes(receiver.kind);
  const isClient = facts.visibility === "public" && !/^(init|handle_\w+|terminate)$/.test(facts.name);
  return isWorkedOut && isClient && slowAnswers(project).has(module) ? module : null;
}

interface SlowAnswer {
  readonly id: FunctionId;
  readonly clause: FunctionClause;
  readonly site: EffectSite;
}

/** The `handle_call` clauses of each server that do slow work before they answer. */
const slowAnswers = perProject((project): ReadonlyMap<string, readonly SlowAnswer[]> => {
  const answers = new Map<string, SlowAnswer[]>();
  for (const { module } of project.processes) {
    const entry = project.functions.get(`${module}.handle_call/3`);
    if (entry === undefined || !slow.some((effect) => project.effects.get(entry.id)?.has(effect))) continue;
    for (const clause of entry.facts.clauses) {
      const site = effectsWithin(project, entry.id, clause.span).find(
        (candidate) => !candidate.deferred && slow.includes(candidate.effect) && !runsElsewhere({ clause }, candidate.span),
      );
      if (site !== undefined) answers.set(module, [...(answers.get(module) ?? []), { id: entry.id, clause, site }]);
    }
  }
  return answers;
});
