import type { Call } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { queriesIn } from "../../../project/queries/queries-in.js";
import type { RunQuery } from "../../../project/queries/types.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { growingTables, isNarrowed } from "../../shared/growing.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsOf, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; table: string; request: string; ignored: string };

const asking = definitionsOf(({ directEffects }) => directEffects.keys());

export const unboundedList = defineRule<Slots>({
  id: "unbounded-list",
  title: "A request loads every row of a table that grows",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-770"],
  silencedBy: {},
  where: asking,
  match(facts, project) {
    return selectedIn(asking, facts, project).flatMap((definition) =>
      queriesIn(project, definition.id)
        .filter((query) => contains(definition.clause.span, query.at.span))
        .flatMap((query) => matchOf(query, definition, project)),
    );
  },
  what: ({ call, table, ignored }) =>
    ignored === ""
      ? `\`${call}\` loads all rows of \`${table}\` at once: nothing limits the query or narrows it to one owner.`
      : `\`${call}\` loads all rows of \`${table}\`: \`${ignored}\` stands among the repository's options, which filter nothing.`,
  why: ({ table, request }) =>
    `Every row is read, sent, decoded and held in memory for each run of \`${request}\`; time and memory grow with \`${table}\` until requests time out.`,
  instead: ({ ignored }) =>
    ignored === ""
      ? "Give a page at a time: `limit` with a key to continue from (`where: row.id > ^last_id`), or the pagination the project already uses; where only a number is needed, ask with `Repo.aggregate`."
      : `Put the condition into the query: \`where(query, ${ignored} ^value)\`, then run it.`,
  notWhen: [
    "The query has a limit or is paginated, on the way to it too.",
    "A condition narrows it: to an owner, given keys, a search, a range.",
    "The table holds few rows by its name (roles, plans, countries), or its schema belongs to nothing and is not of people.",
    "The rows are grouped, distinct or aggregated by the database.",
    "No request reaches it: jobs, exports, tasks and scripts may read whole tables.",
    "A part of the query could not be read.",
    "A function on the way narrows it for some of its arguments, or the page is one of the administration (then it is `possible`).",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :paid, :boolean\n  end\nend\n',
        "lib/shop_web/order_controller.ex": `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  import Ecto.Query

  def index(conn, _params) do
    orders = Shop.Order |> where([o], o.paid) |> order_by(:id) |> Shop.Repo.all()
    json(conn, orders)
  end
end
`,
      },
      at: "Shop.Repo.all()",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :paid, :boolean\n  end\nend\n',
        "lib/shop_web/order_controller.ex": `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  import Ecto.Query

  def index(conn, _params) do
    orders = Shop.Order |> where([o], o.paid) |> order_by(:id) |> limit(50) |> Shop.Repo.all()
    json(conn, orders)
  end
end
`,
      },
    },
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n  end\nend\n',
        "lib/shop_web/order_controller.ex":
          'defmodule ShopWeb.OrderController do\n  use Phoenix.Controller\n  alias Shop.{Order, Repo}\n\n  def index(conn, %{"user" => id}), do: json(conn, Repo.all(Order, user_id: id))\nend\n',
      },
      at: "Repo.all(Order, user_id: id)",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n  end\nend\n',
        "lib/shop_web/order_controller.ex":
          'defmodule ShopWeb.OrderController do\n  use Phoenix.Controller\n  import Ecto.Query\n  alias Shop.{Order, Repo}\n\n  def index(conn, %{"user" => id}), do: json(conn, Repo.all(where(Order, user_id: ^id), timeout: 5000))\nend\n',
      },
    },
  ],
});

function matchOf(query: RunQuery, definition: Definition, project: Project): Match<Slots>[] {
  const table = query.sources[0]?.table ?? "";
  if (query.name !== "all" || query.limited || query.opaque || query.aggregated || isNarrowed(query, project)) return [];
  const path = requestPath(project, definition.id);
  const ignored = ignoredCondition(query, definition, project);
  if (path === null || (ignored === null && (!growingTables(project).has(table) || isJoinedToKey(query)))) return [];
  const doubtful = (path.length > 1 && mayBeNarrowed(query, project)) || path.some((id) => /admin|export|report|backoffice/i.test(id));
  return [
    {
      span: query.at.span,
      confidence: ignored !== null ? "certain" : doubtful ? "possible" : "likely",
      severity: ignored !== null ? "high" : "medium",
      slots: { call: "Repo.all", table, request: spoken(path[0] ?? ""), ignored: ignored === null ? "" : `${ignored}:` },
      evidence: path.slice(0, -1).flatMap((caller, position) => {
        const site = (project.calls.get(caller) ?? []).find((candidate) => candidate.callee === path[position + 1]);
        return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(site.callee)}` }];
      }),
    },
  ];
}

/** A condition that some ways add leaves one owner's rows; a flag or state that they add does not. */
function mayBeNarrowed(query: RunQuery, project: Project): boolean {
  const sometimes = query.filters.filter(({ value }) => value !== null && value.kind !== "literal");
  return isNarrowed({ ...query, filters: sometimes.map((filter) => ({ ...filter, always: true })) }, project);
}

/** A table joined for its sake may leave few rows: what the join keeps is not known. */
function isJoinedToKey(query: RunQuery): boolean {
  return query.sources.length > 1 && query.filters.some((filter) => filter.source > 0);
}

/** A field of the schema among the options of `Repo.all`: meant as a condition, and read by nobody. */
function ignoredCondition(query: RunQuery, definition: Definition, project: Project): string | null {
  const call = collect(definition.body, "call").find(
    (candidate: Call) => candidate.segment.start === query.at.span.start && candidate.segment.end === query.at.span.end,
  );
  const options = call?.arguments[1];
  const fields = project.schemas.get(query.sources[0]?.schema ?? "")?.fields ?? [];
  if (options?.kind !== "keyword") return null;
  return options.entries.find((entry) => entry.key !== "prefix" && fields.some((field) => field.name === entry.key))?.key ?? null;
}
