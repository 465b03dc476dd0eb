import type { Facts } from "../../../model/facts.js";
import type { Effect } from "../../../model/project.js";
import { outlineOfClause } from "../../../model/outline.js";
import { contains, type Span } from "../../../model/span.js";
import { effectsWithin, traceEffect } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import type { Project } from "../../../model/project.js";
import { processesByModule, runsElsewhere } from "../../shared/process-calls.js";
import { definitionsNamed, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; call: string; cause: string; does: string };

const starting = definitionsNamed((name) => name === "init");

export const slowInit = defineRule<Slots>({
  id: "slow-init",
  title: "A process does slow work before it counts as started",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-1088"],
  silencedBy: {},
  where: starting,
  match(facts: Facts, project) {
    return selectedIn(starting, facts, project).flatMap((definition) => matchOf(definition, project));
  },
  what: ({ inside, call, cause, does }) =>
    call === cause ? `\`${inside}\` ${does} (\`${cause}\`).` : `\`${inside}\` ${does} through \`${call}\` (\`${cause}\`).`,
  why: () =>
    "Whoever starts the process waits in `start_link` until `init` returns: its supervisor starts nothing else meanwhile, and an outage of the other side keeps the application from booting or runs the supervisor into its restart limit.",
  instead: () => "Return `{:ok, state, {:continue, :load}}` at once and do the work in `handle_continue/2`, with a retry when it fails.",
  notWhen: [
    "The work runs in a task or in `handle_continue`.",
    "Only the database or a file is read: it is quick, and often needed before anybody may ask.",
    "The function is only handed on for later (`:telemetry.attach`).",
    "More than three functions lie in between (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule Shop.Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)

  def init(_), do: {:ok, Req.get!("https://rates.example.com").body}
end
`,
      at: `Req.get!("https://rates.example.com")`,
      good: `defmodule Shop.Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)

  def init(_), do: {:ok, nil, {:continue, :load}}

  def handle_continue(:load, _), do: {:noreply, Req.get!("https://rates.example.com").body}
end
`,
    },
  ],
});

const does: Readonly<Partial<Record<Effect, string>>> = { http: "makes an HTTP call", sleep: "sleeps" };
const servers = new Set(["GenServer", "gen_statem", "GenStage"]);

function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { module, facts } = definition.function;
  if (facts.name !== "init" || facts.arity !== 1 || !servers.has(processesByModule(project).get(module)?.behaviour ?? "")) return [];
  const effects = project.effects.get(definition.id);
  if (effects === undefined || !(effects.has("http") || effects.has("sleep"))) return [];
  const site = effectsWithin(project, definition.id, definition.clause.span).find(
    ({ effect, deferred, span }) => effect in does && !deferred && !isHandedOn(definition, span) && !runsElsewhere(definition, span),
  );
  if (site === undefined) return [];
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, site.effect);
  return [
    {
      span: site.span,
      confidence: steps.length > 3 ? "possible" : "likely",
      slots: {
        inside: spoken(definition.id),
        call: spoken(site.call),
        cause: spoken(steps.at(-1)?.call ?? site.call),
        does: does[site.effect] ?? "",
      },
      evidence: steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
    },
  ];
}

/** `:telemetry.attach(id, event, &handle_event/4, nil)`: the function runs later, elsewhere. */
function isHandedOn({ clause }: Definition, at: Span): boolean {
  return outlineOfClause(clause).calls.some(
    ({ kind, module, details }) =>
      kind === "call" && !/^(Enum|Stream)$/.test(module ?? "") && (details?.delayed.some((span) => contains(span, at)) ?? false),
  );
}
