import type { Call } from "../../../model/expression.js";
import type { Confidence, Severity } from "../../../model/finding.js";
import { outlineOfClause, type OutlinedCall } from "../../../model/outline.js";
import type { FunctionId, Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { effectsWithin, traceEffect, type EffectSite } from "../../../project/effects-of.js";
import { isRepository } from "../../../project/repositories.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { appliedEffects } from "../../shared/applied-by-name.js";
import { anyOf, definitionsCalling, definitionsWith, selectedIn } from "../../shared/selections.js";
import { togetherBy } from "../../shared/located.js";
import { isUnread, isUnreadAt } from "../../shared/unread.js";
import type { Definition } from "../../shared/definitions.js";
import { discardedCalls } from "../../shared/discarded.js";
import { requestPath, sitesAlong } from "../../shared/requests.js";
import { spoken } from "../../shared/written.js";

type Place = "transaction" | "live_event" | "live_mount" | "request";
type Slots = { call: string; effect: "mail" | "http"; cause: string; place: Place; inside: string; request: string };

const mayWait = anyOf(
  definitionsWith("mail", "http"),
  definitionsCalling(({ function: name }) => name === "apply"),
);

export const slowWorkInRequest = defineRule<Slots>({
  id: "slow-work-in-request",
  title: "Mail or HTTP is done while a request or a transaction waits",
  trigger: "synchronous_when_should_be_async",
  area: "async",
  severity: "medium",
  cwe: ["CWE-1088"],
  silencedBy: {},
  where: mayWait,
  match(facts, project) {
    const found = selectedIn(mayWait, facts, project).flatMap((definition) => waitsIn(definition, project));
    // Several callbacks of a LiveView that wait for the same call are one thing to change.
    const keyOf = ({ slots: { place, call }, severity }: Match<Slots>): string | null =>
      place.startsWith("live") ? `${severity ?? ""} ${call}` : null;
    return togetherBy(found, keyOf, facts, "this callback waits for it too");
  },
  what: ({ call, effect, cause, place, inside, request }) => {
    const does = effect === "mail" ? "sends mail" : "makes an HTTP call";
    const named = call === cause ? `\`${call}\` ${does}` : `\`${call}\` ${does} (\`${cause}\`)`;
    if (place === "transaction") return `${named} inside the database transaction of \`${inside}\`.`;
    if (place === "request") return `${named} while \`${request}\` keeps its caller waiting.`;
    return `${named} inside \`${inside}\`, in the LiveView's own process.`;
  },
  why: ({ effect, place, request }) => {
    const other = effect === "mail" ? "the mail server" : "the other service";
    if (place === "transaction")
      return `The transaction keeps its connection and its row locks until ${other} answers, and a rollback does not take back what was sent.`;
    if (place === "live_mount")
      return `The page stays blank until ${other} answers, and \`mount\` and \`handle_params\` run twice on the first load, so ${other} is asked twice.`;
    if (place === "live_event")
      return `Until ${other} answers this LiveView handles no other event and renders nothing: to its user the page is frozen.`;
    return `When ${other} is slow, every \`${request}\` is as slow; when it is down, the request fails or hangs although its own work is done, and nothing tries again.`;
  },
  instead: ({ effect, place }) => {
    if (place === "transaction")
      return "Insert a job in the transaction (it is then enqueued exactly when the rest is committed), or do this after the transaction returned `{:ok, …}`.";
    if (place === "live_mount")
      return "Load it with `assign_async/3`, which runs in a task once the socket is connected, and render the loading state meanwhile.";
    if (place === "live_event" && effect === "http")
      return "Start it with `start_async/3` and take the result in `handle_async/3`; put a loading state into the assigns meanwhile.";
    return `Hand it to a background job (an Oban worker where the project has Oban, else a task under a \`Task.Supervisor\`): it answers at once and ${effect === "mail" ? "the mail" : "the call"} is tried again when it fails.`;
  },
  notWhen: [
    "The work runs in a job, a task or another process.",
    "The answer of an HTTP call is needed for the response of a controller action (then it is `possible`).",
    "Only tests, scripts, mix tasks or workers lead to it.",
    "Bamboo's `deliver_later` is used.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Mailer do
  use Swoosh.Mailer, otp_app: :shop
end

defmodule Shop.Notifier do
  def welcome(user) do
    Shop.Mailer.deliver(email(user))
  end

  defp email(user), do: Swoosh.Email.new(to: user.email)
end

defmodule ShopWeb.UserController do
  use Phoenix.Controller

  def create(conn, %{"user" => user}) do
    Shop.Notifier.welcome(user)
    send_resp(conn, 201, "")
  end
end
`,
      at: "Shop.Mailer.deliver(email(user))",
      good: `defmodule Shop.Mailer do
  use Swoosh.Mailer, otp_app: :shop
end

defmodule Shop.Notifier do
  def welcome(user) do
    Task.Supervisor.start_child(Shop.Tasks, fn -> Shop.Mailer.deliver(email(user)) end)
  end

  defp email(user), do: Swoosh.Email.new(to: user.email)
end

defmodule ShopWeb.UserController do
  use Phoenix.Controller

  def create(conn, %{"user" => user}) do
    Shop.Notifier.welcome(user)
    send_resp(conn, 201, "")
  end
end
`,
    },
    {
      bad: `defmodule Shop.Orders do
  alias Shop.Repo

  def cancel(order) do
    Repo.transaction(fn ->
      order = Repo.delete!(order)
      Req.post!("https://stock.example.com/release", json: %{id: order.id})
      order
    end)
  end
end
`,
      at: `Req.post!("https://stock.example.com/release", json: %{id: order.id})`,
      good: `defmodule Shop.Orders do
  alias Shop.Repo

  def cancel(order) do
    with {:ok, order} <- Repo.transaction(fn -> Repo.delete!(order) end) do
      Req.post!("https://stock.example.com/release", json: %{id: order.id})
      {:ok, order}
    end
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.AskLive do
  use Phoenix.LiveView

  def handle_event("ask", %{"q" => q}, socket) do
    answer = Req.post!("https://model.example.com", json: %{q: q}).body
    {:noreply, assign(socket, :answer, answer)}
  end
end
`,
      at: `Req.post!("https://model.example.com", json: %{q: q})`,
      good: `defmodule ShopWeb.AskLive do
  use Phoenix.LiveView

  def handle_event("ask", %{"q" => q}, socket) do
    {:noreply, start_async(socket, :answer, fn -> Req.post!("https://model.example.com", json: %{q: q}).body end)}
  end
end
`,
    },
  ],
});

function waitsIn(definition: Definition, project: Project): Match<Slots>[] {
  return [...inTransactions(definition, project), ...inLiveViews(definition, project), ...inRequests(definition, project)];
}

type Waited = "mail" | "http";

function waitedIn(project: Project, id: FunctionId, span: Span): (EffectSite & { readonly effect: Waited })[] {
  const sites = effectsWithin(project, id, span).filter((site) => !site.deferred);
  return sites.flatMap((site) => (site.effect === "mail" || site.effect === "http" ? [{ ...site, effect: site.effect }] : []));
}

/** Lambdas of `Repo.transaction` and of `Ecto.Multi.run`. */
function inTransactions(definition: Definition, project: Project): Match<Slots>[] {
  if (!mayOpen(definition, project)) return [];
  const lambdas = collect(definition.body, "call")
    .filter((call) => repositoryCall(project, call)?.operation === "transaction" || isMultiRun(call))
    .flatMap((call) => call.arguments.filter((argument) => argument.kind === "lambda" || argument.kind === "capture"));
  return lambdas.flatMap((lambda) =>
    waitedIn(project, definition.id, lambda.span).map((site) => matchAt(site, definition, project, "transaction", "high", "likely")),
  );
}

function mayOpen({ clause }: Definition, { modules, repositoryFunctions, repositoryModules }: Project): boolean {
  const isOpening = (call: OutlinedCall): boolean => repositoryFunctions.get(call.function) === "transaction" || isMultiRun(call);
  return outlineOfClause(clause).calls.some((call) => isOpening(call) || isRepository(repositoryModules, modules, call.module ?? ""));
}

function isMultiRun(call: Pick<Call, "module" | "function">): boolean {
  // A macro may have brought the alias.
  return (call.module === "Ecto.Multi" || call.module === "Multi") && call.function === "run";
}

/** HTTP in the callbacks that a LiveView's user waits for, said once a clause. */
function inLiveViews(definition: Definition, project: Project): Match<Slots>[] {
  const role = project.modules.get(definition.function.module)?.role;
  const name = definition.function.facts.name;
  if ((role !== "live_view" && role !== "live_component") || !/^(mount|handle_event|handle_params|update)$/.test(name)) return [];
  const place = name === "mount" || name === "handle_params" ? "live_mount" : "live_event";
  const connected = collect(definition.body, "call").some((call) => call.function === "connected?");
  const applied = appliedEffects(definition.body, definition.function.path, ["http"], project).map((site) => ({
    ...site,
    effect: "http" as const,
  }));
  const calls = [...waitedIn(project, definition.id, definition.body.span), ...applied].filter(
    (site) =>
      site.effect === "http" &&
      !(place === "live_mount" && connected) &&
      isShort(project, site) &&
      !isToldWhereItIsCalled(site, project) &&
      !discardedCalls(definition.body).some((call) => call.segment.start === site.span.start),
  );
  const [first, ...others] = calls;
  if (first === undefined) return [];
  const match = matchAt(first, definition, project, place, place === "live_mount" ? "high" : "medium", "likely");
  const clues = others.map((other) => ({ at: other, note: `${spoken(other.call)} makes an HTTP call as well` }));
  return [{ ...match, evidence: [...match.evidence, ...clues] }];
}

/** Mail, and HTTP whose answer nobody looks at, where they are called in the end: that is the place to change. */
function inRequests(definition: Definition, project: Project): Match<Slots>[] {
  const waits = project.directEffects.get(definition.id)?.some(({ effect }) => effect === "mail" || effect === "http") ?? false;
  const path = waits ? requestPath(project, definition.id) : null;
  if (path === null) return [];
  return waitedIn(project, definition.id, definition.body.span)
    .filter((site) => site.callee === null)
    .flatMap((site) => {
      if (site.effect === "http" && !isUnread(project, definition, site.span.start)) return [];
      const confidence: Confidence = path.length > 6 ? "possible" : "likely";
      return [matchAt(site, definition, project, "request", "medium", confidence, path)];
    });
}

/** Nobody looks at the answer: `inRequests` tells of it at the call itself. */
function isToldWhereItIsCalled(site: EffectSite & { readonly effect: Waited }, project: Project): boolean {
  const last = site.callee === null ? undefined : traceEffect(project, site.callee, site.effect).at(-1);
  return last !== undefined && isUnreadAt(project, { caller: last.caller, span: last.at.span });
}

/** Long chains pass through code that rarely runs. */
function isShort(project: Project, site: EffectSite): boolean {
  return site.callee === null || traceEffect(project, site.callee, site.effect).length <= 5;
}

function matchAt(
  site: EffectSite & { readonly effect: Waited },
  definition: Definition,
  project: Project,
  place: Place,
  severity: Severity,
  confidence: Confidence,
  path: readonly FunctionId[] = [],
): Match<Slots> {
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, site.effect);
  const clues: Clue[] = [
    ...sitesAlong(path, project),
    ...steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
  ];
  return {
    span: site.span,
    severity,
    confidence: steps.length > 5 ? "possible" : confidence,
    slots: {
      call: spoken(site.call),
      effect: site.effect,
      cause: spoken(steps.at(-1)?.call ?? site.call),
      place,
      inside: spoken(definition.id),
      request: spoken(path[0] ?? definition.id),
    },
    evidence: clues,
  };
}
