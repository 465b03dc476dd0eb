import type { Facts, FunctionClause } from "../../../model/facts.js";
import type { Effect, Process, Project } from "../../../model/project.js";
import { outlineOfClause } from "../../../model/outline.js";
import { contains } from "../../../model/span.js";
import { moduleNameOf } from "../../../project/values.js";
import { effectsWithin, traceEffect } from "../../../project/effects-of.js";
import { findFunction } from "../../../project/find-function.js";
import { supervisorsOf } from "../../../project/supervisors-of.js";
import { defineRule, type Match } from "../../define.js";
import { endsOf } from "../../shared/discarded.js";
import type { Definition } from "../../shared/definitions.js";
import { callAt, processCallsIn, processesByModule, type ProcessCall } from "../../shared/process-calls.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; call: string; does: string; cause: string; process: string };

export const processStartedUnsupervised = defineRule<Slots>({
  id: "process-started-unsupervised",
  title: "Work that matters runs in a process no supervisor knows",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-404"],
  silencedBy: {},
  fix: "supervise-task",
  match(facts: Facts, project) {
    const calls = processCallsIn(facts, project);
    return [...worksOf(calls, project), ...calls.flatMap((found) => serverOf(found, project))];
  },
  what: ({ inside, call, does, cause, process }) =>
    process === ""
      ? `\`${inside}\` starts a process with \`${call}\` that ${does}${cause === "" ? "" : ` (\`${cause}\`)`}, under no supervisor.`
      : `\`${inside}\` starts \`${process}\` with \`${call}\`, and no supervisor of the project ever starts it.`,
  why: ({ process }) =>
    process === ""
      ? "A deployment or shutdown kills it without waiting, a crash leaves the work half done with one line in the log, and nobody can tell how many of them run."
      : "It is linked to whichever process came by first: a crash of either takes the other along, nothing starts it again, and a shutdown does not stop it in order.",
  instead: ({ process }) =>
    process === ""
      ? "Start it with `Task.Supervisor.start_child/2` under a `Task.Supervisor` of the application (it waits for its children on shutdown); work that must not be lost belongs into a job that is tried again."
      : `Start it with \`DynamicSupervisor.start_child/2\` (\`{${process}, options}\`) under a supervisor of the application, with the \`restart:\` it needs.`,
  notWhen: [
    "The process only reads, logs, measures, broadcasts or sends messages.",
    "It is started while the application or another process of the project starts (`init`, `start_link`), which then owns it.",
    "A supervisor of the project starts the module somewhere, or its name is handed on to something that may.",
    "It is started without a link (`start`), or by a server that may mean to own it, or the work only keeps records (a log, an impression): then it is `possible`.",
    "It is started with a link by a process, which then ends with it.",
    "The function that starts it also stops it, or is a start function itself.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Mailer do
  use Swoosh.Mailer, otp_app: :shop
end

defmodule ShopWeb.OrderController do
  use Phoenix.Controller

  def create(conn, %{"order" => order}) do
    Task.start(fn -> Shop.Mailer.deliver(Swoosh.Email.new(to: order["email"])) end)
    send_resp(conn, 201, "")
  end
end
`,
      at: `Task.start(fn -> Shop.Mailer.deliver(Swoosh.Email.new(to: order["email"])) end)`,
      good: `defmodule Shop.Mailer do
  use Swoosh.Mailer, otp_app: :shop
end

defmodule ShopWeb.OrderController do
  use Phoenix.Controller

  def create(conn, %{"order" => order}) do
    Task.Supervisor.start_child(Shop.Tasks, fn -> Shop.Mailer.deliver(Swoosh.Email.new(to: order["email"])) end)
    send_resp(conn, 201, "")
  end
end
`,
    },
    {
      bad: `defmodule Shop.Tracker do
  use GenServer
  def start_link(options), do: GenServer.start_link(__MODULE__, options)
  def init(options), do: {:ok, options}
end

defmodule Shop.Devices do
  def handle_message(device, message) do
    {:ok, tracker} = Shop.Tracker.start_link(device: device)
    send(tracker, message)
    :ok
  end
end
`,
      at: "Shop.Tracker.start_link(device: device)",
      good: `defmodule Shop.Tracker do
  use GenServer
  def start_link(options), do: GenServer.start_link(__MODULE__, options)
  def init(options), do: {:ok, options}
end

defmodule Shop.Devices do
  def handle_message(device, message) do
    {:ok, tracker} = DynamicSupervisor.start_child(Shop.Trackers, {Shop.Tracker, device: device})
    send(tracker, message)
    :ok
  end
end
`,
    },
  ],
});

/** What is lost when the process is. */
const lasting: readonly (readonly [Effect, string])[] = [
  ["mail", "sends mail"],
  ["write", "writes to the database"],
  ["enqueue", "enqueues jobs"],
  ["http", "makes an HTTP call"],
];
/** Keeps records that may be lost. */
const recording = /log(ger)?(\.|_|s?\/)|record|track|impression|audit|analytic|telemetry|metric|stats?(\.|_|\/)|heartbeat/i;
const owning = /^(start|start_link|init|child_spec|handle_continue|start_\w+|terminate|stop)$/;

/** The first one of each clause: the others are seen with it. */
function worksOf(calls: readonly ProcessCall[], project: Project): Match<Slots>[] {
  const told = new Set<FunctionClause>();
  return calls.flatMap((found) => {
    const matches = told.has(found.definition.clause) ? [] : workOf(found, project);
    if (matches.length > 0) told.add(found.definition.clause);
    return matches;
  });
}

/** `Task.start(fn -> … end)` and `spawn(fn -> … end)` around work whose loss somebody would notice; with a link, a crash of it ends the request too. */
function workOf(found: ProcessCall, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  const starter = starterOf(call);
  if (starter === null || isOwner(definition, project)) return [];
  // A process may mean to go down with what it starts; a request or a plain function has nothing of that.
  if (starter.endsWith("_link") && processesByModule(project).has(definition.function.module)) return [];
  const sites = effectsWithin(project, definition.id, call.span);
  for (const [effect, does] of lasting) {
    const site = sites.find((candidate) => candidate.effect === effect);
    if (site === undefined) continue;
    const steps = site.callee === null ? [] : traceEffect(project, site.callee, effect);
    return [
      {
        span: call.span,
        confidence: steps.length > 5 || recording.test(spoken(definition.id)) ? "possible" : "likely",
        slots: {
          inside: spoken(definition.id),
          call: starter,
          does,
          cause: spoken(steps.at(-1)?.call ?? site.call),
          process: "",
        },
        evidence: [
          ...(site.callee === null ? [] : [{ at: site, note: `calls ${spoken(site.call)}` }]),
          ...steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
        ],
      },
    ];
  }
  return [];
}

/** `Task.start`, `Task.start_link`, `spawn` and `spawn_link`; null for any other call. */
function starterOf({ module, function: name }: ProcessCall["call"]): string | null {
  if (module === "Task") return name === "start" || name === "start_link" ? `Task.${name}` : null;
  return (name === "spawn" || name === "spawn_link") && (module === null || module === ":erlang") ? name : null;
}

function isOwner({ function: { module, facts } }: Definition, project: Project): boolean {
  return (
    owning.test(facts.name) ||
    /(Mock|Fake|Stub)(\.|$)/.test(module) ||
    /^(application|supervisor|mix_task)$/.test(project.modules.get(module)?.role ?? "")
  );
}

const keptProcesses = new Set(["GenServer", "gen_statem", "GenStage", "Agent"]);

/** `Tracker.start_link(…)` away from any process that owns it. */
function serverOf(found: ProcessCall, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  if (!/^start(_link)?$/.test(call.function) || call.module === null || isOwner(definition, project)) return [];
  const started = startedBy(found, call.module, project);
  const process = started === null ? undefined : processesByModule(project).get(started);
  if (process === undefined || started === definition.function.module || !keptProcesses.has(process.behaviour)) return [];
  const isKnown = [process.module, call.module].some((name) => supervisorsOf(project, name).length > 0);
  if (isKnown || isHandedOn(process) || isStopped(definition)) return [];
  if (endsOf(definition.body).some(({ segment }) => segment.start === call.span.start && segment.end === call.span.end)) return [];
  return [
    {
      span: call.span,
      // Without a link the author means it to outlive everybody; a server may mean to own what it starts.
      confidence: call.function === "start" || processesByModule(project).has(definition.function.module) ? "possible" : "likely",
      slots: {
        inside: spoken(definition.id),
        call: spoken(`${call.module}.${call.function}`),
        does: "",
        cause: "",
        process: spoken(process.module),
      },
      evidence: [{ at: process, note: "the process" }],
    },
  ];
}

/** Named as a value elsewhere than in the call that starts it. */
function isHandedOn({ handedOnAt, startedAt }: Process): boolean {
  return handedOnAt.some(({ path, span }) => !startedAt.some((start) => start.path === path && contains(start.span, span)));
}

/** The module whose process it starts, through a `start_link` that starts another module's. */
function startedBy(found: ProcessCall, module: string, project: Project): string | null {
  if (/^(GenServer|GenStage|:gen_\w+)$/.test(module)) return moduleNameOf(callAt(found)?.arguments[0]);
  if (processesByModule(project).has(module)) return module;
  const starter = findFunction(project, module, found.call.function, found.call.arity);
  const calls = starter?.facts.clauses.flatMap((clause) => outlineOfClause(clause).calls) ?? [];
  const start = calls.find(({ module: server, function: name }) => server === "GenServer" && /^start(_link)?$/.test(name));
  return start?.details?.started ?? null;
}

/** Started for the length of one function. */
function isStopped({ clause }: Definition): boolean {
  return outlineOfClause(clause).calls.some(({ function: name }) => /^(stop|exit|kill|close|terminate\w*|stop_\w+)$/.test(name));
}
