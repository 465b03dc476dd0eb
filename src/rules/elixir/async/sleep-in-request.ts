import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { defineRule, type Match } from "../../define.js";
import { callAt, processCallsIn, runsElsewhere, type ProcessCall } from "../../shared/process-calls.js";
import { requestPath } from "../../shared/requests.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { call: string; inside: string; request: string; place: "request" | "live" };

export const sleepInRequest = defineRule<Slots>({
  id: "sleep-in-request",
  title: "A request sleeps while somebody waits",
  trigger: "synchronous_when_should_be_async",
  area: "async",
  severity: "medium",
  cwe: ["CWE-1088"],
  silencedBy: {},
  match: (facts: Facts, project) => processCallsIn(facts, project).flatMap((found) => matchOf(found, project)),
  what: ({ call, inside, request }) => `\`${inside}\` calls \`${call}\`${request === inside ? "" : `, and \`${request}\` waits for it`}.`,
  why: ({ place }) =>
    place === "live"
      ? "The LiveView handles no event and renders nothing meanwhile: to its user the page is frozen."
      : "Every such request holds its process, its connection and often a database connection for that long; a few clients at once are enough to fill the server.",
  instead: ({ place }) =>
    place === "live"
      ? "Send the message later with `Process.send_after/3` and go on in `handle_info/2`."
      : "Wait for the event itself (a message, a subscription, a job's result), or answer at once and let the client ask again; retries belong into a job with backoff.",
  notWhen: [
    "The code only runs in tests or development, or in a task, a job or another process.",
    "It slows down an attacker on purpose: the function logs in, checks a password or a token.",
    "The time comes from configuration, or is `:infinity`.",
    "The time is a variable (a backoff, a long poll) or under half a second, or more than four functions lie between the request and the sleep: then it is `possible`.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ReportController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    Shop.Reports.start(id)
    Process.sleep(2_000)
    json(conn, Shop.Reports.fetch(id))
  end
end
`,
      at: "Process.sleep(2_000)",
      good: `defmodule ShopWeb.ReportController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    Task.Supervisor.start_child(Shop.Tasks, fn ->
      Process.sleep(2_000)
      Shop.Reports.refresh(id)
    end)

    json(conn, Shop.Reports.fetch(id))
  end
end
`,
    },
  ],
});

/** Milliseconds from which a wait is felt. */
const shortest = 500;
const guarding = /log_?in|sign_?in|password|authenticate|verify|token|throttle|rate_limit|backoff|timing/i;

function matchOf(found: ProcessCall, project: Project): Match<Slots>[] {
  const { definition, call } = found;
  if (call.function !== "sleep" || (call.module !== "Process" && call.module !== ":timer")) return [];
  const path = requestPath(project, definition.id);
  if (path === null || path.some((id) => guarding.test(id)) || runsElsewhere(definition, call.span)) return [];
  const [duration] = callAt(found)?.arguments ?? [];
  if (duration === undefined || (duration.kind === "literal" ? duration.type !== "integer" : duration.kind !== "variable")) return [];
  const isDeferred = (project.directEffects.get(definition.id) ?? []).some((site) => site.deferred && site.span.start === call.span.start);
  if (isDeferred) return [];
  const role = project.modules.get(project.functions.get(path[0] ?? "")?.module ?? "")?.role;
  return [
    {
      span: call.span,
      confidence:
        path.length > 5 || duration.kind !== "literal" || Number(duration.value.replaceAll("_", "")) < shortest ? "possible" : "likely",
      slots: {
        call: `${call.module}.sleep(${written(duration)})`,
        inside: spoken(definition.id),
        request: spoken(path[0] ?? definition.id),
        place: role === "live_view" || role === "live_component" ? "live" : "request",
      },
      evidence: path.slice(0, -1).flatMap((caller, position) => {
        const site = (project.calls.get(caller) ?? []).find((candidate) => candidate.callee === path[position + 1]);
        return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(site.callee)}` }];
      }),
    },
  ];
}
