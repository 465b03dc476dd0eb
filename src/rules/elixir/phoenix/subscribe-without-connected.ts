import type { Call, Expression } from "../../../model/expression.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { subscriptionIn } from "../../shared/subscribing.js";
import { spoken } from "../../shared/written.js";

type Slots = { callback: string; call: string };

const mounting = among(
  definitionsNamed((name) => name === "mount" || name === "handle_params"),
  isMounting,
);

export const subscribeWithoutConnected = defineRule<Slots>({
  id: "subscribe-without-connected",
  title: "A LiveView subscribes also for the first, dead render",
  trigger: "critical_pattern",
  area: "web",
  severity: "low",
  cwe: [],
  silencedBy: {},
  fix: "subscribe-when-connected",
  where: mounting,
  match(facts, project) {
    return selectedIn(mounting, facts, project).flatMap((definition) => matchOf(definition, project));
  },
  what: ({ callback, call }) => `\`${callback}\` subscribes (\`${call}\`) whether or not the socket is connected.`,
  why: () =>
    "It runs twice on the first load. The first time its process is the web server's, which only renders HTML: it takes messages nobody reads, and on a kept-alive connection it keeps them, and its subscriptions, for every page it has rendered.",
  instead: () => "Write `if connected?(socket), do: …` around it.",
  notWhen: [
    "The call, or the function it leads to, stands under `connected?`, also by way of a variable.",
    "The callback is not run by the dead render: `handle_event`, `handle_info`, a component's `update`.",
    "The subscription is handed to another process.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.OrdersLive do
  use Phoenix.LiveView

  def mount(_params, _session, socket) do
    Phoenix.PubSub.subscribe(Shop.PubSub, "orders")
    {:ok, socket}
  end
end
`,
      at: `Phoenix.PubSub.subscribe(Shop.PubSub, "orders")`,
      good: `defmodule ShopWeb.OrdersLive do
  use Phoenix.LiveView

  def mount(_params, _session, socket) do
    if connected?(socket), do: Phoenix.PubSub.subscribe(Shop.PubSub, "orders")
    {:ok, socket}
  end
end
`,
    },
    {
      bad: `defmodule Shop.Orders do
  def subscribe(id), do: Phoenix.PubSub.subscribe(Shop.PubSub, "order:" <> id)
end

defmodule ShopWeb.OrderLive do
  use Phoenix.LiveView

  def handle_params(%{"id" => id}, _uri, socket) do
    Shop.Orders.subscribe(id)
    {:noreply, socket}
  end
end
`,
      at: "Shop.Orders.subscribe(id)",
      good: `defmodule Shop.Orders do
  def subscribe(id), do: Phoenix.PubSub.subscribe(Shop.PubSub, "order:" <> id)
end

defmodule ShopWeb.OrderLive do
  use Phoenix.LiveView

  def handle_params(%{"id" => id}, _uri, socket) do
    live = connected?(socket)
    if live, do: Shop.Orders.subscribe(id)
    {:noreply, socket}
  end
end
`,
    },
  ],
});

function isMounting({ function: { module, facts } }: Definition, project: Project): boolean {
  const runs = (facts.name === "mount" && facts.arity === 3) || (facts.name === "handle_params" && facts.arity === 3);
  return runs && project.modules.get(module)?.role === "live_view";
}

/** The first subscription of a callback: the others go with it. */
function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { id, function: entry } = definition;
  const site = subscriptionIn(definition, project, (name) => name === "connected?");
  if (site === undefined || isConnected(site.span, definition.body)) return [];
  const called = project.calls.get(id)?.find(({ span }) => span.start === site.span.start);
  if (called?.deferred === true) return [];
  return [
    {
      span: site.span,
      confidence: "likely",
      slots: { callback: spoken(id), call: called === undefined ? `${spoken(site.module ?? "")}.${site.function}` : spoken(called.callee) },
      evidence: called === undefined ? [] : evidenceOf(called.callee, project, entry.path),
    },
  ];
}

function evidenceOf(callee: FunctionId, project: Project, path: string): Match<Slots>["evidence"] {
  const entry = project.functions.get(callee);
  return entry === undefined || entry.path === path
    ? []
    : [{ at: { path: entry.path, span: entry.facts.nameSpan }, note: `${spoken(callee)} subscribes the process that calls it` }];
}

/** Under a condition that asks `connected?`, itself or by a variable that holds its answer. */
function isConnected(at: Span, body: Expression): boolean {
  const names = new Set(
    collect(body, "match").flatMap(({ pattern, value }) => (pattern.kind === "variable" && asks(value, new Set()) ? [pattern.name] : [])),
  );
  let found = false;
  walk(body, (part) => {
    if (!contains(part.span, at)) return false;
    if (part.kind === "branch") {
      found ||= part.subject !== null && asks(part.subject, names);
      found ||= part.steps.some(({ value }) => asks(value, names));
      found ||= part.form === "cond" && part.clauses.some(({ patterns }) => patterns.some((pattern) => asks(pattern, names)));
    }
    if (part.kind === "operator" && /^(&&|and|\|\||or)$/.test(part.operator))
      found ||= part.operands.some((operand) => asks(operand, names));
    if (part.kind === "call") found ||= part.function !== "if" && part.arguments.some((given) => isAsking(given));
    return !found;
  });
  return found;
}

function asks(code: Expression, names: ReadonlySet<string>): boolean {
  return (
    collect(code, "call").some(isAsking) ||
    collect(code, "variable").some(({ name }) => names.has(name)) ||
    collect(code, "access").some(({ field }) => /connected/.test(field ?? ""))
  );
}

function isAsking(code: Expression): code is Call {
  return code.kind === "call" && /connected\?$/.test(code.function);
}
