import type { Project, ProjectModule, Route } from "../../../model/project.js";
import { defineRule, type Match } from "../../define.js";
import { liveRecords, type LiveRecord } from "../../shared/live-records.js";
import { permissionCheck } from "../../shared/permission.js";
import { perProject } from "../../shared/per-project.js";
import { spoken } from "../../shared/written.js";

type Slots = { handler: string; loader: string; parameter: string; kind: "page" | "event"; asking: string; others: string; check: string };

export const liveRecordWithoutPermission = defineRule<Slots>({
  id: "live-record-without-permission",
  title: "A LiveView reaches a record by an id from the browser without asking who may",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-639", "CWE-862"],
  silencedBy: {},
  match(facts, project) {
    return (recordsByPath(project).get(facts.path) ?? []).flatMap((live) => matchOf(live, project));
  },
  what: ({ handler, loader, parameter, kind }) =>
    `\`${handler}\` ${kind === "event" ? "changes" : "shows"} what \`${loader}\` finds for the browser's \`${parameter}\`, and nothing on the way asks whether the person may.`,
  why: ({ kind, asking, others }) =>
    `${kind === "event" ? "An event can be sent with any values, whatever buttons the page shows" : "Any id can stand in the address"}; ${asking} of ${others} comparable places of this project's LiveViews ask, or look within what the page holds.`,
  instead: ({ check }) =>
    `Look it up within what the person may reach (\`socket.assigns\` knows who asks), as \`${check}\` does elsewhere, and do nothing when it is not found.`,
  notWhen: [
    "The clause, or code it calls, asks for a permission, a policy, an owner; or it mentions who is asking.",
    "What the page holds already is given to the look-up, or the record is taken from a list in the assigns.",
    "The page itself asks when it is opened: `mount`, or a hook whose name speaks of administrators, roles or permissions.",
    "The event changes nothing.",
    "Less than two comparable places of the module or of the same look-up, or five of the project, ask; or fewer than six (seven) tenths of them.",
    "Its name or address says that it is public or for administrators.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.OrdersLive do
  use Phoenix.LiveView
  alias Shop.Orders

  def handle_event("cancel", %{"id" => id}, socket) do
    Orders.cancel(Orders.get_order!(socket.assigns.current_user, id))
    {:noreply, socket}
  end

  def handle_event("archive", %{"id" => id}, socket) do
    Orders.archive(Orders.get_order!(socket.assigns.current_user, id))
    {:noreply, socket}
  end

  def handle_event("delete", %{"id" => id}, socket) do
    Orders.delete(id)
    {:noreply, socket}
  end
end

defmodule Shop.Orders do
  alias Shop.Repo

  def get_order!(user, id), do: Repo.get_by!(Shop.Order, id: id, user_id: user.id)
  def cancel(order), do: Repo.update!(Shop.Order.cancelled(order))
  def archive(order), do: Repo.update!(Shop.Order.archived(order))
  def delete(id), do: Shop.Order |> Repo.get!(id) |> Repo.delete!()
end
`,
      at: "Orders.delete(id)",
      good: `defmodule ShopWeb.OrdersLive do
  use Phoenix.LiveView
  alias Shop.Orders

  def handle_event("cancel", %{"id" => id}, socket) do
    Orders.cancel(Orders.get_order!(socket.assigns.current_user, id))
    {:noreply, socket}
  end

  def handle_event("archive", %{"id" => id}, socket) do
    Orders.archive(Orders.get_order!(socket.assigns.current_user, id))
    {:noreply, socket}
  end

  def handle_event("delete", %{"id" => id}, socket) do
    Orders.delete(Orders.get_order!(socket.assigns.current_user, id))
    {:noreply, socket}
  end
end

defmodule Shop.Orders do
  alias Shop.Repo

  def get_order!(user, id), do: Repo.get_by!(Shop.Order, id: id, user_id: user.id)
  def cancel(order), do: Repo.update!(Shop.Order.cancelled(order))
  def archive(order), do: Repo.update!(Shop.Order.archived(order))
  def delete(order), do: Repo.delete!(order)
end
`,
    },
  ],
});

const fewestNear = 2;
const shareNear = 0.6;
const fewestOfProject = 5;
const shareOfProject = 0.7;
const insiders = /admin|backoffice|back_office|internal|staff|superuser|permission|authori[sz]|role/i;
const open = /public|search|featured|popular|preview|shared?(_|\b)|invit|embed|join/i;

const recordsByPath = perProject((project) => {
  const byPath = new Map<string, LiveRecord[]>();
  for (const live of liveRecords(project)) byPath.set(live.entry.path, [...(byPath.get(live.entry.path) ?? []), live]);
  return byPath;
});

function matchOf(live: LiveRecord, project: Project): Match<Slots>[] {
  const { entry, record, kind, event } = live;
  const module = project.modules.get(entry.module);
  if (live.asks !== null || live.knowsRequester || module === undefined || isJudgedElsewhere(module, event ?? "", project)) return [];
  const habit = habitAround(live, project);
  const check = habit?.asking.find(({ asks }) => asks !== null)?.asks ?? null;
  if (habit === null || check === null) return [];
  const others = habit.asking.slice(0, 3).map((other) => ({
    at: { path: other.entry.path, span: other.record.call.segment },
    note: `${saidOf(other)} asks ${other.asks ?? ""}`,
    comparison: true as const,
  }));
  return [
    {
      span: record.call.segment,
      confidence: "likely",
      slots: {
        ...{ handler: saidOf(live), loader: record.said, parameter: record.parameter, kind, check },
        ...{ asking: String(habit.asking.length), others: String(habit.comparable) },
      },
      evidence: others,
    },
  ];
}

/** The page asks when it is opened, or says that it is for everybody or for those who may do everything. */
function isJudgedElsewhere({ name, uses }: ProjectModule, event: string, project: Project): boolean {
  const routes = routesByModule(project).get(name) ?? [];
  const hooks = routes.flatMap(({ liveSession }) => [liveSession?.name ?? "", ...(liveSession?.onMount ?? [])]);
  const words = [name, event, ...uses, ...hooks, ...routes.map(({ path }) => path)];
  if (words.some((word) => insiders.test(word)) || [name, event, ...routes.map(({ path }) => path)].some((word) => open.test(word)))
    return true;
  return ["mount/3", "handle_params/3", "update/2"].some((callback) => permissionCheck(`${name}.${callback}`, project) !== null);
}

const routesByModule = perProject((project) => {
  const byModule = new Map<string, Route[]>();
  for (const route of project.routes) byModule.set(route.module, [...(byModule.get(route.module) ?? []), route]);
  return byModule;
});

interface Habit {
  readonly comparable: number;
  readonly asking: readonly LiveRecord[];
}

/** What comparable places do: those of the same look-up, of the same module, of the whole project; null without a habit. */
function habitAround(live: LiveRecord, project: Project): Habit | null {
  const peers = liveRecords(project).filter((other) => other !== live && other.kind === live.kind);
  const sameLookup = peers.filter(({ record }) => record.loader === live.record.loader);
  const sameModule = peers.filter(({ entry }) => entry.module === live.entry.module);
  return (
    habitOf(sameLookup, fewestNear, shareNear) ??
    habitOf(sameModule, fewestNear, shareNear) ??
    habitOf(peers, fewestOfProject, shareOfProject)
  );
}

function habitOf(group: readonly LiveRecord[], fewest: number, share: number): Habit | null {
  const asking = group.filter(({ asks }) => asks !== null);
  return asking.length >= fewest && asking.length / group.length >= share ? { comparable: group.length, asking } : null;
}

function saidOf({ entry, event }: LiveRecord): string {
  return event === null ? spoken(entry.id) : `${spoken(entry.module)}: handle_event "${event}"`;
}
