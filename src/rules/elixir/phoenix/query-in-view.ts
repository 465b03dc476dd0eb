import type { EffectStep } from "../../../project/effects-of.js";
import type { Project, ProjectFunction, ProjectModule } from "../../../model/project.js";
import { traceEffect } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { view: string; call: string; kind: "template" | "render" | "view"; others: number };

export const queryInView = defineRule<Slots>({
  id: "query-in-view",
  title: "A page asks the database while it is rendered",
  trigger: "critical_pattern",
  area: "web",
  severity: "medium",
  cwe: [],
  silencedBy: {},
  match(facts, project) {
    return (viewsByPath(project).get(facts.path) ?? []).flatMap((module) => matchOf(module, facts.path));
  },
  what: ({ view, call, kind, others }) =>
    `\`${view}\` ${kind === "render" ? "asks the database on every render" : "asks the database while it renders"}, by \`${call}\`${others === 0 ? "" : `; so ${others === 1 ? "does one more function or template" : `do ${String(others)} more functions and templates`} of the same view`}.`,
  why: ({ kind }) =>
    kind === "render"
      ? "It runs again whenever an assign that stands there changes, on the dead render too, and the page's process waits for it each time."
      : "What a page costs can't be seen where it is answered, an error there breaks a page that is half sent, and used in a list it is one query a row.",
  instead: () => "Load it in the controller or the LiveView's callback, all at once, and give it to the template as an assign.",
  notWhen: [
    "It only loads what is missing (`Repo.preload`), which costs nothing when the controller has loaded it.",
    "A live component loads it in a callback of its own.",
    "Another function or template of the same view was told of: they are one finding.",
    "What is called keeps its answer (a cache, ETS, a persistent term).",
    "What is rendered is a mail, a feed, a sitemap or a file made outside of a request.",
    "The function of a component module does not take assigns: it is a helper that callbacks may call.",
    "The query runs in another process that nobody waits for.",
    "The code is a test.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.OrderView do
  use Phoenix.View, root: "lib/shop_web/templates"

  def author(order), do: Shop.Repo.get(Shop.User, order.user_id).name
end
`,
      at: "Shop.Repo.get(Shop.User, order.user_id)",
      good: `defmodule ShopWeb.OrderView do
  use Phoenix.View, root: "lib/shop_web/templates"

  def author(order), do: order.user.name
end
`,
    },
    {
      bad: `defmodule ShopWeb.OrdersLive do
  use Phoenix.LiveView

  def render(assigns) do
    ~H"""
    <p>{Shop.Orders.count_open()}</p>
    """
  end
end

defmodule Shop.Orders do
  def count_open, do: Shop.Repo.aggregate(Shop.Order, :count)
end
`,
      at: "Shop.Orders.count_open()",
      good: `defmodule ShopWeb.OrdersLive do
  use Phoenix.LiveView

  def mount(_params, _session, socket), do: {:ok, assign(socket, :open, Shop.Orders.count_open())}

  def render(assigns) do
    ~H"""
    <p>{@open}</p>
    """
  end
end

defmodule Shop.Orders do
  def count_open, do: Shop.Repo.aggregate(Shop.Order, :count)
end
`,
    },
  ],
});

const outside = /mail|pdf|feed|rss|sitemap|export|csv|xml|report/i;
const keeps = /cache|memo|persistent_term|(^|\.)ets|Cachex|ConCache|Nebulex/i;

interface Asking {
  readonly entry: ProjectFunction;
  readonly kind: Slots["kind"];
  /** The way to the query, which begins in the function itself. */
  readonly steps: readonly EffectStep[];
}

/** The functions and templates of one view that ask the database, by the file of the first. */
const viewsByPath = perProject((project) => {
  const byModule = new Map<string, Asking[]>();
  for (const [id, effects] of project.effects) {
    const entry = effects.has("query") ? project.functions.get(id) : undefined;
    const asking = entry === undefined ? null : askingOf(entry, project);
    if (asking !== null) byModule.set(asking.entry.module, [...(byModule.get(asking.entry.module) ?? []), asking]);
  }
  const views = new Set([...byModule.values()].flatMap((group) => group.map(({ entry }) => entry.id)));
  const byPath = new Map<string, Asking[][]>();
  for (const group of byModule.values()) {
    // What another view asks on the way is told of there.
    const own = group.filter(({ steps }) => !steps.slice(1).some(({ caller }) => views.has(caller)));
    const sorted = own.sort((one, other) => one.entry.path.localeCompare(other.entry.path));
    const path = sorted[0]?.entry.path;
    if (path !== undefined) byPath.set(path, [...(byPath.get(path) ?? []), sorted]);
  }
  return byPath;
});

function askingOf(entry: ProjectFunction, project: Project): Asking | null {
  const module = project.modules.get(entry.module);
  const kind = module === undefined || entry.injected || !isProduction(entry.path) ? null : kindOf(entry, module);
  if (kind === null) return null;
  const steps = traceEffect(project, entry.id, "query");
  const [first] = steps;
  if (first === undefined || first.at.path !== entry.path || steps.some((step) => isKept(step) || isComponents(step, project))) return null;
  const deferred = (project.calls.get(entry.id) ?? []).some(({ span, deferred: later }) => later && span.start === first.at.span.start);
  return deferred || /\.preload\/\d$/.test(steps.at(-1)?.call ?? "") ? null : { entry, kind, steps };
}

/** What a component loads in a callback of its own is not loaded by rendering. */
function isComponents({ call }: EffectStep, project: Project): boolean {
  const entry = project.functions.get(call);
  return entry !== undefined && project.modules.get(entry.module)?.role === "live_component" && entry.facts.name !== "render";
}

function kindOf({ path, facts }: ProjectFunction, { name, role }: ProjectModule): Slots["kind"] | null {
  if (outside.test(name) || outside.test(path)) return null;
  if (/\.[hl]?eex$/.test(path)) return "template";
  if (role === "live_view" || role === "live_component") return facts.name === "render" && facts.arity === 1 ? "render" : null;
  if (role === "view" || role === "json_view") return facts.kind === "function" ? "view" : null;
  return role === "component" && facts.arity === 1 && takesAssigns(facts) ? "view" : null;
}

function takesAssigns({ clauses }: ProjectFunction["facts"]): boolean {
  return clauses.some(({ parameters: [first] }) => {
    if (first?.kind === "match") return [first.pattern, first.value].some((part) => part.kind === "variable" && part.name === "assigns");
    return first?.kind === "variable" && /^_?assigns$/.test(first.name);
  });
}

function matchOf(group: readonly Asking[], path: string): Match<Slots>[] {
  const [first, ...others] = group;
  const [site, ...further] = first?.steps ?? [];
  if (first === undefined || site === undefined || first.entry.path !== path) return [];
  const slots = { view: spoken(first.entry.id), call: spoken(site.call), kind: first.kind, others: others.length };
  const evidence = [
    ...further.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
    ...others.slice(0, 5).flatMap(({ entry, steps }) => steps.slice(0, 1).map(({ at }) => ({ at, note: `${spoken(entry.id)} asks here` }))),
  ];
  return [{ span: site.at.span, confidence: "likely", slots, evidence }];
}

function isKept({ caller, call }: EffectStep): boolean {
  return keeps.test(caller) || keeps.test(call);
}
