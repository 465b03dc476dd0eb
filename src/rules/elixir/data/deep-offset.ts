import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { queriesIn } from "../../../project/queries/queries-in.js";
import type { RunQuery } from "../../../project/queries/types.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { growingTables, isNarrowed } from "../../shared/growing.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsOf, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { table: string; asked: string; request: string };

const files = {
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
  "lib/shop/order.ex": 'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n  end\nend\n',
};

function controller(page: string, query: string): string {
  return `defmodule ShopWeb.OrderController do
  use Phoenix.Controller
  import Ecto.Query

  def index(conn, %{"page" => page}) do
    page = ${page}
    orders = Shop.Repo.all(from o in Shop.Order, order_by: o.id, ${query})
    json(conn, orders)
  end
end
`;
}

const asking = definitionsOf(({ directEffects }) => directEffects.keys());

export const deepOffset = defineRule<Slots>({
  id: "deep-offset",
  title: "Pages are skipped by an offset that nothing bounds",
  trigger: "critical_pattern",
  area: "data",
  severity: "low",
  cwe: ["CWE-770"],
  silencedBy: {},
  where: asking,
  match: (facts, project) => selectedIn(asking, facts, project).flatMap((definition) => matchesIn(definition, project)),
  what: ({ table, asked, request }) =>
    `\`${asked}\` pages through \`${table}\` by an offset computed from what \`${request}\` is asked for, and nothing bounds it.`,
  why: ({ table }) =>
    `The database reads and throws away every row before the page: page 10,000 of \`${table}\` costs as much as the 9,999 before it together, and anybody, or a crawler, can ask for it. Rows that come in meanwhile shift the pages as well.`,
  instead: () => "Page by the last row seen (`where: row.id > ^last`, `limit`), or refuse pages beyond a bound before the query is asked.",
  notWhen: [
    "The offset is a fixed number, or bounded before (`min`, a comparison, a validation of the page).",
    "The query is limited to one owner's rows, or the table is one of few rows.",
    "No request leads to the query, or only one of administrators.",
    "A part of the query could not be read.",
    "The request reaches the query through other functions (then it is `possible`): one of them may bound the page.",
  ],
  examples: [
    {
      bad: {
        ...files,
        "lib/shop_web/order_controller.ex": controller("String.to_integer(page)", "limit: 20, offset: ^((page - 1) * 20)"),
      },
      at: "Shop.Repo.all(from o in Shop.Order, order_by: o.id, limit: 20, offset: ^((page - 1) * 20))",
      good: {
        ...files,
        "lib/shop_web/order_controller.ex": controller("min(String.to_integer(page), 50)", "limit: 20, offset: ^((page - 1) * 20)"),
      },
    },
  ],
});

const insiders = /admin|backoffice|back_office|internal|export|report/i;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  if (project.effects.get(definition.id)?.has("query") !== true) return [];
  return queriesIn(project, definition.id).flatMap((query) => {
    const { start, end } = definition.clause.span;
    return query.at.span.start >= start && query.at.span.end <= end ? matchOf(query, definition, project) : [];
  });
}

function matchOf(query: RunQuery, definition: Definition, project: Project): Match<Slots>[] {
  const table = query.sources[0]?.table ?? "";
  if (!query.offset || query.opaque || query.aggregated || !growingTables(project).has(table) || isNarrowed(query, project)) return [];
  const path = requestPath(project, definition.id);
  if (path === null || path.some((id) => insiders.test(id)) || path.some((id) => isBounded(id, project))) return [];
  const request = path[0] ?? definition.id;
  return [
    {
      span: query.at.span,
      confidence: path.length === 1 ? "likely" : "possible",
      slots: { table, asked: spoken(definition.id), request: spoken(request) },
      evidence: [],
    },
  ];
}

/** Whether a function on the way compares something with a number, clamps it or validates it. */
function isBounded(id: string, project: Project): boolean {
  const bodies = (project.functions.get(id)?.facts.clauses ?? []).flatMap(({ body, guard }) =>
    [body, guard].filter((code) => code !== null),
  );
  return bodies.some(
    (body) =>
      collect(body, "call").some((call) => /^(min|clamp|validate_number)$|validate_page/.test(call.function)) ||
      collect(body, "operator").some(({ operator }) => /^[<>]=?$/.test(operator)),
  );
}
