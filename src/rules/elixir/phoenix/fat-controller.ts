import type { Call } from "../../../model/expression.js";
import type { ModuleRole, Project } from "../../../model/project.js";
import { countEffect } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import { contextWorkIn } from "../../shared/context-work.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { hasContexts } from "../../shared/contexts.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { function: string; kind: "query" | "writes" | "choice"; role: string; calls: readonly string[] };

export const fatController = defineRule<Slots>({
  id: "fat-controller",
  title: "A controller, resolver or LiveView does a context's work",
  trigger: "critical_pattern",
  area: "web",
  severity: "low",
  cwe: [],
  silencedBy: {},
  match(facts, project) {
    return oncePerFunction(
      servingDefinitions(facts, project).filter((definition) => mayBeFat(definition, project)),
      project,
    );
  },
  what: ({ function: name, kind, role, calls }) => {
    const named = calls.map((call) => `\`${call}\``).join(", ");
    if (kind === "query") return `\`${name}\`, part of a ${role}, puts a query together by itself (${named}) and runs it.`;
    if (kind === "writes") return `\`${name}\`, part of a ${role}, does several steps of one change with the repository itself: ${named}.`;
    return `\`${name}\`, part of a ${role}, looks a record up and decides by itself what to store: ${named}.`;
  },
  why: ({ kind }) =>
    kind === "query"
      ? "Nothing but this request can ask the same question, and no test reaches the query without going through the web; this project has contexts where its other queries live."
      : "The rule holds only for this one way in: a job, a console or another endpoint that does the same goes past it, and it can only be tested through a request; there is no transaction around the steps either unless one is written here.",
  instead: ({ kind }) =>
    kind === "query"
      ? "Move the query into a function of its context, named after the question it answers, and call that here."
      : "Move the steps into one function of the context that gives back `{:ok, …}` or `{:error, …}` (in one transaction where they belong together), and only turn its result into an answer here.",
  notWhen: [
    "The repository is asked once, with a plain query: a filter, an order, a preload.",
    "A record is fetched by its id and then written once, as the generators of early Phoenix did.",
    "What was inserted is updated at once with what needs its id, such as a file.",
    "The project has no contexts: its queries live in its controllers throughout (then it is `possible`).",
    "The code stands in a module of its own inside the web layer that is neither controller, resolver, channel nor LiveView.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  alias Shop.{Order, Repo}
  import Ecto.Query

  def mine(conn, %{"tag" => tag}) do
    query = from o in Order, join: t in "orders_tags", on: t.order_id == o.id, where: t.name == ^tag
    json(conn, Repo.all(query))
  end
end

defmodule Shop.Orders do
  alias Shop.{Order, Repo}
  def list, do: Repo.all(Order)
end

defmodule Shop.Accounts do
  alias Shop.{Repo, User}
  def list, do: Repo.all(User)
end
`,
      at: "Repo.all(query)",
      good: `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  alias Shop.{Order, Repo}
  import Ecto.Query

  def mine(conn, %{"tag" => tag}) do
    query = from o in Order, where: o.tag == ^tag, order_by: o.id
    json(conn, Repo.all(query))
  end
end

defmodule Shop.Orders do
  alias Shop.{Order, Repo}
  def list, do: Repo.all(Order)
end

defmodule Shop.Accounts do
  alias Shop.{Repo, User}
  def list, do: Repo.all(User)
end
`,
    },
    {
      bad: `defmodule ShopWeb.InterestController do
  use Phoenix.Controller
  alias Shop.{Interest, Repo, User}

  def create(conn, %{"user" => attributes, "listing" => %{"id" => listing}}) do
    case Repo.insert(User.changeset(%User{}, attributes)) do
      {:ok, user} ->
        Repo.insert(%Interest{user_id: user.id, listing_id: listing})
        json(conn, user)

      {:error, _} ->
        send_resp(conn, 422, "")
    end
  end
end

defmodule Shop.Orders do
  alias Shop.{Order, Repo}
  def list, do: Repo.all(Order)
end

defmodule Shop.Accounts do
  alias Shop.{Repo, User}
  def list, do: Repo.all(User)
end
`,
      at: "Repo.insert(User.changeset(%User{}, attributes))",
      good: `defmodule ShopWeb.InterestController do
  use Phoenix.Controller
  alias Shop.{Repo, User}

  def update(conn, %{"id" => id, "user" => attributes}) do
    user = Repo.get!(User, id)

    case Repo.update(User.changeset(user, attributes)) do
      {:ok, user} -> json(conn, user)
      {:error, _} -> send_resp(conn, 422, "")
    end
  end
end

defmodule Shop.Orders do
  alias Shop.{Order, Repo}
  def list, do: Repo.all(Order)
end

defmodule Shop.Accounts do
  alias Shop.{Repo, User}
  def list, do: Repo.all(User)
end
`,
    },
  ],
});

const roles: Readonly<Partial<Record<ModuleRole, string>>> = {
  controller: "controller",
  resolver: "resolver",
  live_view: "LiveView",
  live_component: "LiveView component",
  channel: "channel",
};

function mayBeFat({ id, function: { module }, clause }: Definition, project: Project): boolean {
  if (roles[roleOf(module, project)] === undefined) return false;
  const { span } = clause;
  return countEffect(project, id, span, "query") + countEffect(project, id, span, "write") > 0;
}

function roleOf(module: string, project: Project): ModuleRole {
  return project.modules.get(module)?.role ?? "other";
}

/** Several clauses of one function are one advice. */
function oncePerFunction(definitions: readonly Definition[], project: Project): Match<Slots>[] {
  const found = new Map<string, Match<Slots>>();
  for (const definition of definitions) {
    const match = found.has(definition.id) ? null : matchOf(definition, project);
    if (match !== null) found.set(definition.id, match);
  }
  return [...found.values()];
}

function matchOf(definition: Definition, project: Project): Match<Slots> | null {
  const seen = contextWorkIn(definition, project);
  if (seen === null) return null;
  const { id, function: entry } = definition;
  const [first, ...others] = seen.calls;
  if (first === undefined) return null;
  return {
    span: first.segment,
    confidence: hasContexts(project) ? "likely" : "possible",
    slots: {
      function: spoken(id),
      kind: seen.kind,
      role: roles[roleOf(entry.module, project)] ?? "controller",
      calls: [...seen.named, ...seen.calls.map(shown)].slice(0, 4),
    },
    evidence: others
      .slice(0, 4)
      .map((call) => ({ at: { path: entry.path, span: call.segment }, note: `${shown(call)} in the same function` })),
  };
}

function shown(call: Call): string {
  return written({ ...call, module: call.module === null ? null : spoken(call.module) });
}
