import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { perProject } from "../../shared/per-project.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { subscriptionIn } from "../../shared/subscribing.js";
import { spoken } from "../../shared/written.js";

type Slots = { view: string; call: string };

const changing = among(
  definitionsNamed((name) => name === "handle_params"),
  isParams,
);

export const subscribedAgain = defineRule<Slots>({
  id: "subscribed-again",
  title: "A LiveView subscribes once more at each change of its address",
  trigger: "resource_leak",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-772"],
  silencedBy: {},
  where: changing,
  match(facts: Facts, project) {
    return selectedIn(changing, facts, project).flatMap((definition) => matchOf(definition, project));
  },
  what: ({ view, call }) =>
    `\`${view}.handle_params/3\` subscribes (\`${call}\`) each time it runs, and nothing in \`${view}\` unsubscribes.`,
  why: () =>
    "It runs at each `push_patch` and patch link in the same process: after three of them every message comes four times, and those of records that were left behind keep coming, so that lists show rows twice and the process does the work again and again.",
  instead: () =>
    "Subscribe in `mount/3` where the topic stays the same; where it changes, keep it in the assigns, and unsubscribe from the earlier one before the new one.",
  notWhen: [
    "The module unsubscribes somewhere, or asks its assigns before it subscribes.",
    "Nothing patches the page: no `push_patch`, no `patch` link in the module or its templates.",
    "The subscription is made in `mount/3`.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.OrderLive do
  use Phoenix.LiveView

  def handle_params(%{"id" => id}, _uri, socket) do
    if connected?(socket), do: Phoenix.PubSub.subscribe(Shop.PubSub, "order:" <> id)
    {:noreply, assign(socket, :id, id)}
  end

  def handle_event("next", _params, socket), do: {:noreply, push_patch(socket, to: "/orders/2")}
end
`,
      at: `Phoenix.PubSub.subscribe(Shop.PubSub, "order:" <> id)`,
      good: `defmodule ShopWeb.OrderLive do
  use Phoenix.LiveView

  def handle_params(%{"id" => id}, _uri, socket) do
    if connected?(socket) do
      if old = socket.assigns[:id], do: Phoenix.PubSub.unsubscribe(Shop.PubSub, "order:" <> old)
      Phoenix.PubSub.subscribe(Shop.PubSub, "order:" <> id)
    end

    {:noreply, assign(socket, :id, id)}
  end

  def handle_event("next", _params, socket), do: {:noreply, push_patch(socket, to: "/orders/2")}
end
`,
    },
  ],
});

function isParams({ function: { module, facts } }: Definition, project: Project): boolean {
  return facts.name === "handle_params" && facts.arity === 3 && project.modules.get(module)?.role === "live_view";
}

function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { module } = definition.function;
  const functions = functionsOf(project).get(module) ?? [];
  const site = subscriptionIn(definition, project, (name) => /unsubscribe/.test(name));
  if (site === undefined || isAsked(site.span, definition.body)) return [];
  const outlines = functions.flatMap(({ clause }) => outlineOfClause(clause).calls);
  if (outlines.some(({ function: name }) => /unsubscribe/.test(name))) return [];
  if (!functions.some(({ body }) => patches(body))) return [];
  const slots = { view: spoken(module), call: spoken(`${site.module === null ? "" : `${site.module}.`}${site.function}`) };
  return [{ span: site.span, confidence: "likely", slots, evidence: [] }];
}

/** The definitions of each LiveView, its templates among them. */
const functionsOf = perProject((project): ReadonlyMap<string, readonly Definition[]> => {
  const byModule = new Map<string, Definition[]>();
  for (const facts of project.files.values()) {
    for (const definition of servingDefinitions(facts, project)) {
      const { module } = definition.function;
      if (project.modules.get(module)?.role !== "live_view") continue;
      byModule.set(module, [...(byModule.get(module) ?? []), definition]);
    }
  }
  return byModule;
});

/** Under a condition on anything but whether the socket is connected. */
function isAsked(at: Span, body: Expression): boolean {
  let asked = false;
  walk(body, (part) => {
    if (!contains(part.span, at)) return false;
    if (part.kind === "branch") asked ||= part.form !== "if" || part.subject === null || !isConnected(part.subject);
    return !asked;
  });
  return asked;
}

function isConnected(subject: Expression): boolean {
  return subject.kind === "call" && subject.function === "connected?";
}

/** `push_patch(…)`, `<.link patch={…}>`, `live_patch`. */
function patches(body: Expression): boolean {
  return (
    collect(body, "call").some(({ function: name }) => name === "push_patch" || name === "live_patch") ||
    collect(body, "keyword").some(({ entries }) => entries.some(({ key }) => key === "patch"))
  );
}
