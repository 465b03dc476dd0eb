import type { Facts } from "../../../model/facts.js";
import type { CallSite, FunctionId, Project } from "../../../model/project.js";
import { outlineOfClause, type OutlinedCall } from "../../../model/outline.js";
import { contains } from "../../../model/span.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import type { Definition } from "../../shared/definitions.js";
import { callAt, runsElsewhere } from "../../shared/process-calls.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { serverByName, nameOf } from "../../shared/server-names.js";
import { spoken } from "../../shared/written.js";

type Slots = { callback: string; call: string; through: string; waits: string };

const called = among(
  definitionsNamed((name) => name in callbacks),
  isCallback,
);

export const callToSelf = defineRule<Slots>({
  id: "call-to-self",
  title: "A server calls itself and waits for its own answer",
  trigger: "critical_pattern",
  area: "processes",
  severity: "high",
  cwe: ["CWE-833"],
  silencedBy: {},
  where: called,
  match(facts: Facts, project) {
    if (asking(project).size === 0) return [];
    return selectedIn(called, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ callback, call, through }) =>
    through === ""
      ? `\`${callback}\` runs in the server and calls \`${call}\` on the same server.`
      : `\`${callback}\` runs in the server and calls \`${through}\`, which calls \`${call}\` on the same server.`,
  why: ({ waits }) =>
    waits === "start"
      ? "The server is registered under its name before `init` returns but answers nobody until then: the call waits for itself, exits after its timeout, and the server never starts."
      : "The server cannot take the call while it is still at this one: it waits for itself until the timeout, then exits with its whole state.",
  instead: ({ call }) =>
    `Call the function that does the work on the state instead of \`${call}\`, or send the message with \`GenServer.cast/2\` or \`{:continue, …}\` where no answer is needed.`,
  notWhen: [
    "The call runs in a task or another process.",
    "The server has no fixed name, or another module is started under it.",
    "More than three functions lie in between.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def count(item), do: GenServer.call(__MODULE__, {:count, item})

  def init(state), do: {:ok, state}

  def handle_call({:count, item}, _from, state), do: {:reply, Map.get(state, item, 0), state}

  def handle_call({:take, item}, _from, state) do
    {:reply, :ok, Map.put(state, item, count(item) - 1)}
  end
end
`,
      at: "count(item)",
      good: `defmodule Shop.Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def count(item), do: GenServer.call(__MODULE__, {:count, item})

  def init(state), do: {:ok, state}

  def handle_call({:count, item}, _from, state), do: {:reply, Map.get(state, item, 0), state}

  def handle_call({:take, item}, _from, state) do
    {:reply, :ok, Map.update(state, item, 0, &(&1 - 1))}
  end
end
`,
    },
  ],
});

const furthest = 3;
const callbacks: Readonly<Record<string, number>> = {
  init: 1,
  handle_call: 3,
  handle_cast: 2,
  handle_info: 2,
  handle_continue: 2,
};

/** Function → the server it calls by its fixed name, where it does so itself and at once. */
const asking = perProject((project): ReadonlyMap<FunctionId, { readonly server: string; readonly call: OutlinedCall }> => {
  const found = new Map<FunctionId, { server: string; call: OutlinedCall }>();
  if (serverByName(project).size === 0) return found;
  for (const [id, effects] of project.directEffects) {
    const entry = project.functions.get(id);
    if (entry === undefined || entry.injected || !effects.some(({ call }) => call.startsWith("GenServer.call"))) continue;
    for (const clause of entry.facts.clauses) {
      const calls = outlineOfClause(clause).calls.filter(
        ({ kind, module, function: name }) => kind === "call" && module === "GenServer" && name === "call",
      );
      if (calls.length !== 1 || clause.body === null) continue;
      const [call] = calls;
      if (call === undefined || runsElsewhere({ clause }, call.span)) continue;
      const definition: Definition = { id: entry.id, function: entry, clause, body: clause.body };
      const name = nameOf(callAt({ definition, call })?.arguments[0]);
      const server = name === null ? undefined : serverByName(project).get(name);
      if (server !== undefined) found.set(entry.id, { server, call });
    }
  }
  return found;
});

function isCallback({ function: { module, facts } }: Definition, project: Project): boolean {
  return callbacks[facts.name] === facts.arity && [...serverByName(project).values()].includes(module);
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { module, facts } = definition.function;
  const waits = facts.name === "init" ? "start" : "run";
  const slots = { callback: spoken(definition.id), waits };
  const direct = asking(project).get(definition.id);
  if (direct?.server === module && contains(definition.clause.span, direct.call.span)) {
    return [{ span: direct.call.span, confidence: "likely", slots: { ...slots, call: "GenServer.call", through: "" }, evidence: [] }];
  }
  const sites = (project.calls.get(definition.id) ?? []).filter(
    (site) => contains(definition.clause.span, site.span) && !site.deferred && !runsElsewhere(definition, site.span),
  );
  const paths = sites.flatMap((site) => {
    const path = pathToSelf(site, module, project);
    return path === null ? [] : [path];
  });
  const [path] = paths.sort((one, other) => one.length - other.length);
  const [first] = path ?? [];
  const last = path?.at(-1);
  if (path === undefined || first === undefined || last === undefined) return [];
  const evidence = path.slice(1).map((site) => ({ at: site, note: `${spoken(site.caller)} calls ${spoken(site.callee)}` }));
  const asked = asking(project).get(last.callee);
  const entry = project.functions.get(last.callee);
  if (asked !== undefined && entry !== undefined)
    evidence.push({ at: { ...last, path: entry.path, span: asked.call.span }, note: `${spoken(last.callee)} waits for the server` });
  return [
    {
      span: first.span,
      confidence: path.length === 1 ? "likely" : "possible",
      slots: { ...slots, call: "GenServer.call", through: spoken(last.callee) },
      evidence,
    },
  ];
}

/** The calls from a place to a function that asks the server, shortest first. */
function pathToSelf(start: CallSite, server: string, project: Project): readonly CallSite[] | null {
  let frontier: (readonly CallSite[])[] = [[start]];
  const seen = new Set<FunctionId>();
  for (let depth = 0; depth < furthest && frontier.length > 0; depth += 1) {
    const next: (readonly CallSite[])[] = [];
    for (const path of frontier) {
      const callee = path.at(-1)?.callee ?? "";
      if (seen.has(callee)) continue;
      seen.add(callee);
      if (asking(project).get(callee)?.server === server) return path;
      for (const site of project.calls.get(callee) ?? []) if (!site.deferred) next.push([...path, site]);
    }
    frontier = next;
  }
  return null;
}
