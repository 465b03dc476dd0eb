import type { Column, FunctionId, Project, Table } from "../../../model/project.js";
import { queriesOf } from "../../../project/queries/queries-in.js";
import type { RunQuery } from "../../../project/queries/types.js";
import { isIndexed } from "../../../project/schema-of.js";
import { defineRule, type Match } from "../../define.js";
import { growingTables, isNarrowed } from "../../shared/growing.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { requestPath } from "../../shared/requests.js";
import { spoken } from "../../shared/written.js";

type Slots = { table: string; column: string; query: string; request: string; others: number; index: string };

const exampleFiles = {
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
  "lib/shop_web/post_controller.ex":
    "defmodule ShopWeb.PostController do\n  use Phoenix.Controller\n\n  def index(conn, _params), do: json(conn, Shop.Posts.newest())\nend\n",
  "lib/shop/post.ex": `defmodule Shop.Post do
  use Ecto.Schema

  schema "posts" do
    field :published_at, :utc_datetime
    belongs_to :user, Shop.User
  end
end
`,
  "lib/shop/posts.ex": `defmodule Shop.Posts do
  import Ecto.Query

  def newest, do: Shop.Repo.all(from p in Shop.Post, order_by: [desc: p.published_at], limit: 20)
end
`,
};

export const orderByWithoutIndex = defineRule<Slots>({
  id: "order-by-without-index",
  title: "A page of a growing table is sorted by a column without index",
  trigger: "missing_indexes",
  area: "data",
  severity: "medium",
  cwe: ["CWE-1089"],
  silencedBy: {},
  fix: "add-index-migration",
  where: (project) => sortsByPath(project),
  match(facts, project) {
    return (sortsByPath(project).get(facts.path) ?? []).map((sort) => matchOf(sort, project));
  },
  what: ({ table, column, query, others }) =>
    `\`${query}\`${others === 0 ? "" : ` and ${String(others)} more`} takes a few rows of \`${table}\` ordered by \`${column}\`, and no index of the table begins with it.`,
  why: ({ table, request }) =>
    `To hand out the first rows PostgreSQL reads and sorts all of \`${table}\`${request === "" ? "" : `, for each request to \`${request}\``}; with an index it reads the rows of the page and stops. The cost grows with the table, not with the page.`,
  instead: ({ index }) => `Add \`${index}\` in a migration (concurrently on a table in use, outside a transaction).`,
  notWhen: [
    "An index begins with the column, or with columns the query fixes and then the column.",
    "A condition of the query leaves few rows to sort: one owner's, one key's, those of a search. Whether an index finds them is another rule's business.",
    "The query has no limit, joins, groups or aggregates, or part of it could not be read.",
    "No request leads to the query, or the table is one of few rows that does not grow with people or organisations (then it is `possible`).",
    "A statement that could not be read speaks of the table.",
  ],
  examples: [
    {
      bad: {
        ...exampleFiles,
        "priv/repo/migrations/20240101000000_create_posts.exs": migrationText("create index(:posts, [:user_id])"),
      },
      at: "add :published_at, :utc_datetime",
      good: {
        ...exampleFiles,
        "priv/repo/migrations/20240101000000_create_posts.exs": migrationText("create index(:posts, [desc: :published_at])"),
      },
    },
  ],
});

function migrationText(index: string): string {
  return `defmodule Shop.Repo.Migrations.CreatePosts do
  use Ecto.Migration

  def change do
    create table(:posts) do
      add :user_id, :bigint
      add :published_at, :utc_datetime
    end

    ${index}
  end
end
`;
}

interface Sort {
  readonly table: Table;
  readonly column: Column;
  readonly queries: readonly RunQuery[];
  readonly request: readonly FunctionId[];
}

const sortsByPath = perProject((project): ReadonlyMap<string, readonly Sort[]> => {
  const byColumn = new Map<Column, Sort>();
  for (const query of queriesOf(project)) {
    if (!isProduction(query.at.path)) continue;
    const sorted = sortedBy(query, project);
    const request = sorted === null ? null : requestPath(project, query.caller);
    if (sorted === null || request === null) continue;
    const earlier = byColumn.get(sorted.column);
    byColumn.set(sorted.column, { ...sorted, queries: [...(earlier?.queries ?? []), query], request: earlier?.request ?? request });
  }
  const byPath = new Map<string, Sort[]>();
  for (const sort of byColumn.values()) byPath.set(sort.column.path, [...(byPath.get(sort.column.path) ?? []), sort]);
  return byPath;
});

/** The table and the column that a page of it is sorted by, when nothing but reading it all finds that page. */
function sortedBy(query: RunQuery, project: Project): { readonly table: Table; readonly column: Column } | null {
  const [order] = query.orders;
  const pages = query.limited || query.name === "paginate";
  if (order?.source !== 0 || !pages || query.aggregated || query.opaque || query.sources.length !== 1 || isNarrowed(query, project))
    return null;
  const table = project.database.tables.get(query.sources[0]?.table ?? "");
  const column = table?.columns.get(order.column);
  if (table === undefined || column === undefined || column.primaryKey || column.path.endsWith(".sql")) return null;
  const names = query.filters.filter(({ operator }) => operator === "==" || operator === "in").map((filter) => filter.column);
  return names.some((name) => /_(id|uuid)$/.test(name)) ||
    names.some((name) => isIndexed(table, name)) ||
    servesOrder(table, column.name, names) ||
    isTouched(project, table)
    ? null
    : { table, column };
}

/** An index that begins with the column, after columns the query fixes. A partial one was made for such a page. */
function servesOrder(table: Table, column: string, fixed: readonly string[]): boolean {
  return table.indexes.some((index) => {
    const position = index.columns.indexOf(column);
    if (position < 0) return index.columns.some((part) => part.startsWith("(") && new RegExp(`\\b${column}\\b`).test(part));
    return index.columns.slice(0, position).every((earlier) => fixed.includes(earlier));
  });
}

function isTouched({ database }: Project, table: Table): boolean {
  const bare = table.name.split(".").at(-1) ?? table.name;
  return database.unread.some(
    ({ table: named, text }) => named === table.name || text === "execute" || new RegExp(`\\b${bare}\\b`).test(text),
  );
}

function matchOf({ table, column, queries, request }: Sort, project: Project): Match<Slots> {
  const callers = [...new Map(queries.map((query) => [query.caller, query])).values()];
  const [entry] = request;
  return {
    span: column.span,
    confidence: growingTables(project).has(table.name) ? "likely" : "possible",
    slots: {
      table: table.name,
      column: column.name,
      query: spoken(callers[0]?.caller ?? ""),
      request: request.length < 2 ? "" : spoken(entry ?? ""),
      others: callers.length - 1,
      index: `create index(:${table.name}, [:${column.name}])`,
    },
    evidence: [
      ...callers.slice(0, 3).map((query) => ({ at: query.at, note: `${spoken(query.caller)} sorts by ${column.name}` })),
      ...table.indexes.slice(0, 3).map((index) => ({
        at: index,
        note: `an index of ${table.name}, on ${index.columns.join(", ")}`,
        comparison: true as const,
      })),
    ],
  };
}
