import type { Project } from "../../../model/project.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { habitAround, judgedHandlers, type JudgedHandler } from "../../shared/permission-habit.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { handler: string; loader: string; parameter: string; writes: "yes" | "no"; asking: string; others: string; check: string };

export const recordWithoutPermission = defineRule<Slots>({
  id: "record-without-permission",
  title: "A record is reached by an id from the request without asking who may",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-639", "CWE-862"],
  silencedBy: {},
  where: (project) => handlersByPath(project),
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return (handlersByPath(project).get(facts.path) ?? []).flatMap((handler) => matchOf(handler, project));
  },
  what: ({ handler, loader, parameter, writes }) =>
    `\`${handler}\` ${writes === "yes" ? "changes" : "reads"} what \`${loader}\` finds for the request's \`${parameter}\`, and nothing on the way asks whether the person may.`,
  why: ({ writes, asking, others }) =>
    `Whoever is let in can put any id there and ${writes === "yes" ? "change" : "see"} what belongs to others; ${asking} of ${others} comparable handlers ask first.`,
  instead: ({ check }) =>
    check === ""
      ? "Give the person who asks to the lookup, so that it finds only what they may see, and answer 404 otherwise."
      : `Ask \`${check}\` as the others do before the record is used, or look it up within what the person may see, and answer 404 otherwise.`,
  notWhen: [
    "The handler, or code it calls three steps deep, asks for a permission, a policy, an owner, a membership.",
    "Who is asking is given to the lookup, which can limit what it finds.",
    "A context's function on the way takes the `%Scope{}` of who is asking (Phoenix 1.8).",
    "The repository limits every query to one tenant by itself (`prepare_query`, a prefix by default), and the call does not opt out of it.",
    "A plug that applies to this action only asks.",
    "Fewer than two comparable handlers (same plugs, and same module or same lookup) ask, or less than six tenths of them.",
    "It only reads, and of the comparable handlers only those that change something ask.",
    "Its name says that it is public, or the module or path that it is for administrators.",
    "The project has no habit of asking: then nothing here can tell what is public.",
  ],
  examples: [
    {
      bad: {
        "lib/shop_web/router.ex": `defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    pipe_through :browser
    get "/orders/:id", OrderController, :show
    put "/orders/:id", OrderController, :update
    delete "/orders/:id", OrderController, :delete
  end
end
`,
        "lib/shop_web/order_controller.ex": `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  alias Shop.{Orders, Permissions}

  def show(conn, %{"id" => id}) do
    order = Orders.get_order!(id)
    :ok = Permissions.check(conn.assigns.current_user, :show, order)
    json(conn, order)
  end

  def update(conn, %{"id" => id, "order" => attributes}) do
    order = Orders.get_order!(id)
    :ok = Permissions.check(conn.assigns.current_user, :update, order)
    json(conn, Orders.update_order(order, attributes))
  end

  def delete(conn, %{"id" => id}) do
    order = Orders.get_order!(String.to_integer(id))
    json(conn, Orders.delete_order(order))
  end
end
`,
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  alias Shop.Repo
  alias Shop.Orders.Order

  def get_order!(id), do: Repo.get!(Order, id)
  def update_order(order, attributes), do: Repo.update(Order.changeset(order, attributes))
  def delete_order(order), do: Repo.delete(order)
end

defmodule Shop.Permissions do
  def check(user, _action, order), do: if(order.user_id == user.id, do: :ok, else: :error)
end
`,
      },
      at: "Orders.get_order!(String.to_integer(id))",
      good: {
        "lib/shop_web/router.ex": `defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    pipe_through :browser
    get "/orders/:id", OrderController, :show
    put "/orders/:id", OrderController, :update
    delete "/orders/:id", OrderController, :delete
  end
end
`,
        "lib/shop_web/order_controller.ex": `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  alias Shop.{Orders, Permissions}

  def show(conn, %{"id" => id}) do
    order = Orders.get_order!(id)
    :ok = Permissions.check(conn.assigns.current_user, :show, order)
    json(conn, order)
  end

  def update(conn, %{"id" => id, "order" => attributes}) do
    order = Orders.get_order!(id)
    :ok = Permissions.check(conn.assigns.current_user, :update, order)
    json(conn, Orders.update_order(order, attributes))
  end

  def delete(conn, %{"id" => id}) do
    order = Orders.get_order!(String.to_integer(id))
    :ok = Permissions.check(conn.assigns.current_user, :delete, order)
    json(conn, Orders.delete_order(order))
  end
end
`,
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  alias Shop.Repo
  alias Shop.Orders.Order

  def get_order!(id), do: Repo.get!(Order, id)
  def update_order(order, attributes), do: Repo.update(Order.changeset(order, attributes))
  def delete_order(order), do: Repo.delete(order)
end

defmodule Shop.Permissions do
  def check(user, _action, order), do: if(order.user_id == user.id, do: :ok, else: :error)
end
`,
      },
    },
  ],
});

const open = /public|search|featured|popular|top_|all_|preview|shared?(_|$)|invit|embed|health|webhook|callback|unsubscribe/i;
const insiders = /admin|backoffice|back_office|internal|staff/i;

/** Public by its name, or for insiders, whom a role on the way lets see everything. */
function isForEverybody({ function: { facts, module }, route }: JudgedHandler): boolean {
  return open.test(facts.name) || insiders.test(module) || insiders.test(route?.path ?? "");
}

const handlersByPath = perProject((project) => {
  const byPath = new Map<string, JudgedHandler[]>();
  for (const handler of judgedHandlers(project)) {
    const { path } = handler.function;
    const earlier = byPath.get(path);
    if (earlier === undefined) byPath.set(path, [handler]);
    else earlier.push(handler);
  }
  return byPath;
});

function matchOf(handler: JudgedHandler, project: Project): Match<Slots>[] {
  if (handler.check !== null || isForEverybody(handler)) return [];
  return handler.records.slice(0, 1).flatMap((record) => {
    const habit = record.scoped ? null : habitAround(handler, record, project);
    if (habit === null) return [];
    const { id, path } = handler.function;
    const span = record.call.segment;
    const own = { at: { path, span: handler.function.facts.nameSpan }, note: `${spoken(id)} takes ${record.parameter} from the request` };
    const others = habit.asking.slice(0, 3).map((other) => ({
      at: other.at,
      note: `${spoken(other.function.id)} ${habitOf(other)}`,
      comparison: true as const,
    }));
    const slots = {
      ...({ handler: spoken(id), loader: record.said, parameter: record.parameter, writes: handler.writes ? "yes" : "no" } as const),
      ...{
        asking: String(habit.asking.length),
        others: String(habit.comparable),
        check: habit.asking.find(({ check }) => check?.scopes === false)?.check?.name ?? "",
      },
    };
    return [{ span, confidence: "likely", slots, evidence: [own, ...others] }];
  });
}

function habitOf({ check }: JudgedHandler): string {
  if (check === null) return "limits it to who is asking";
  return check.scopes ? `gives ${check.name} the scope of who is asking` : `asks ${check.name}`;
}
