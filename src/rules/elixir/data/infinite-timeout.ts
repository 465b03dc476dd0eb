import type { Call, Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { among, definitionsWith, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Waited = "database" | "process" | "http";
type Slots = { call: string; option: string; waited: Waited; inside: string; request: string };

const waiting = among(definitionsWith("query", "write", "transaction", "process_call", "http"), mayWait);

export const infiniteTimeout = defineRule<Slots>({
  id: "infinite-timeout",
  title: "A request waits without any limit",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-400"],
  silencedBy: {},
  fix: "bound-wait",
  where: waiting,
  match(facts, project) {
    return selectedIn(waiting, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, option, inside, request }) =>
    `\`${call}\` in \`${inside}\` waits with \`${option}\`${request === inside ? "" : `, and \`${request}\` waits with it`}.`,
  why: ({ waited }) => {
    const hangs: Record<Waited, string> = {
      database: "A slow or blocked statement keeps its connection for ever: enough of them empty the pool, and every request fails.",
      process: "A process that is stuck or overloaded keeps its callers for ever; they pile up behind it and nothing reports it.",
      http: "A service that accepts and never answers keeps the request, its process and its connection for ever.",
    };
    return hangs[waited];
  },
  instead: ({ option }) =>
    `Replace \`${option}\` by the longest time anybody would wait (15 s is the default of a query, 5 s of a call) and answer with an error after it; what truly takes longer belongs into a job.`,
  notWhen: [
    "No request leads to it: jobs, migrations, releases, mix tasks and scripts may take as long as they need.",
    "The limit is a number, or comes from a configuration.",
    "The function is a stream of events or a long poll by its name.",
    "It waits for a process or a task of the program, which may have limits of its own (then it is `possible`).",
    "The call runs in another process that the request does not wait for.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ReportController do
  use Phoenix.Controller
  alias Shop.{Order, Repo}

  def index(conn, _params), do: json(conn, Repo.all(Order, timeout: :infinity))
end
`,
      at: "Repo.all(Order, timeout: :infinity)",
      good: `defmodule ShopWeb.ReportController do
  use Phoenix.Controller
  alias Shop.{Order, Repo}

  def index(conn, _params), do: json(conn, Repo.all(Order, timeout: 30_000))
end
`,
    },
    {
      bad: `defmodule ShopWeb.RateController do
  use Phoenix.Controller

  def show(conn, %{"currency" => currency}) do
    json(conn, Req.get!("https://rates.example.com/" <> currency, receive_timeout: :infinity).body)
  end
end
`,
      at: `Req.get!("https://rates.example.com/" <> currency, receive_timeout: :infinity)`,
      good: `defmodule ShopWeb.RateController do
  use Phoenix.Controller

  def show(conn, %{"currency" => currency}) do
    json(conn, Req.get!("https://rates.example.com/" <> currency, receive_timeout: 5_000).body)
  end
end
`,
    },
  ],
});

const waitingCalls = /^(GenServer|:gen_server|:gen_statem|Agent|Task)$/;
const clients = /^(Req|HTTPoison|Finch|Tesla|:hackney|:httpc|Mojito)(\.|$)/;
const lasting = /stream|poll|subscribe|listen|sse|long/i;

function mayWait({ id, clause }: Definition, project: Project): boolean {
  const effects = project.effects.get(id);
  const waits = ["query", "write", "transaction", "process_call", "http"] as const;
  return (
    waits.some((effect) => effects?.has(effect) === true) && outlineOfClause(clause).calls.length > 0 && requestPath(project, id) !== null
  );
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const waited = waitedFor(call, project);
  const option = waited === null ? null : endless(call, waited);
  const path = requestPath(project, definition.id);
  if (waited === null || option === null || path === null || lasting.test(definition.function.facts.name)) return [];
  const deferred = (project.directEffects.get(definition.id) ?? []).some((site) => site.deferred && site.span.start === call.segment.start);
  if (deferred || path.some((id, position) => isDeferred(id, path[position + 1], project))) return [];
  return [
    {
      span: call.segment,
      confidence: waited === "process" || path.length > 4 ? "possible" : "likely",
      slots: {
        call: spoken(`${call.module === null ? "" : `${call.module}.`}${call.function}`),
        option,
        waited,
        inside: spoken(definition.id),
        request: spoken(path[0] ?? definition.id),
      },
      evidence: path.slice(0, -1).flatMap((caller, position) => {
        const site = (project.calls.get(caller) ?? []).find((candidate) => candidate.callee === path[position + 1]);
        return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(site.callee)}` }];
      }),
    },
  ];
}

function isDeferred(caller: string, callee: string | undefined, project: Project): boolean {
  const sites = (project.calls.get(caller) ?? []).filter((site) => site.callee === callee);
  return sites.length > 0 && sites.every((site) => site.deferred);
}

function waitedFor(call: Call, project: Project): Waited | null {
  if (repositoryCall(project, call) !== null) return "database";
  if (waitingCalls.test(call.module ?? "") && /^(call|get|update|get_and_update|await|await_many|multi_call)$/.test(call.function))
    return "process";
  return clients.test(call.module ?? "") ? "http" : null;
}

/** `timeout: :infinity` among the options, or `:infinity` as the last argument of a call to a process. */
function endless(call: Call, waited: Waited): string | null {
  const last = call.arguments.at(-1);
  if (waited === "process" && atomOf(last) === "infinity" && call.arguments.length > 1) return ":infinity";
  const entry = (part: Expression | undefined): string | null =>
    part?.kind !== "keyword"
      ? null
      : (part.entries.find(({ key, value }) => /timeout$/.test(key) && !/pool|idle/.test(key) && atomOf(value) === "infinity")?.key ??
        null);
  const key = entry(last);
  return key === null ? null : `${key}: :infinity`;
}
