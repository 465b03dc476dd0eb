import type { Database, Project, Table } from "../../../model/project.js";
import { callersOf } from "../../../project/callers-of.js";
import type { RunQuery } from "../../../project/queries/types.js";
import { defineRule, type Match } from "../../define.js";
import { isIdentifier, lookupsByPath, type Lookup } from "../../shared/lookups.js";
import { isProduction } from "../../shared/production.js";
import { requestPath } from "../../shared/requests.js";
import { spoken } from "../../shared/written.js";

type Slots = { table: string; column: string; query: string; request: string; others: number; index: string };

export const lookupWithoutIndex = defineRule<Slots>({
  id: "lookup-without-index",
  title: "Rows are looked up by a column that has no index",
  trigger: "missing_indexes",
  area: "data",
  severity: "medium",
  cwe: ["CWE-1089"],
  silencedBy: {},
  fix: "add-index-migration",
  where: lookupsByPath,
  match(facts, project) {
    return (lookupsByPath(project).get(facts.path) ?? []).flatMap((lookup) => matchOf(lookup, project));
  },
  what: ({ table, column, query, others }) =>
    `\`${query}\`${others === 0 ? "" : ` and ${String(others)} more`} finds rows of \`${table}\` by \`${column}\`, and after every migration has run no index of \`${table}\` begins with \`${column}\`.`,
  why: ({ table, request }) =>
    `PostgreSQL reads the whole of \`${table}\` for each look-up: the cost of ${
      request === "" ? "one" : `\`${request}\`, which leads here,`
    } grows with every row that was ever stored.`,
  instead: ({ index, column }) =>
    `Add a new migration with \`${index}\` (unique, if no two rows may share \`${column}\`); on a table in use create it with \`concurrently: true\` under \`@disable_ddl_transaction true\` and \`@disable_migration_lock true\`.`,
  notWhen: [
    "An index, unique constraint or primary key begins with the column, or an expression index speaks of it.",
    "Another condition or join of the same query is on an indexed column: that one finds the rows.",
    "The column holds few kinds of values: booleans, enums, states, dates, types.",
    "The table is one of a few rows that the team fills itself (plans, roles, countries, settings).",
    "The column is a foreign key: `foreign-key-without-index` says so.",
    "A part of the query, of the table's migrations or of SQL that names the column could not be read.",
    "The query runs only in tests, scripts, seeds, migrations or release tasks.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop_web/invite_controller.ex":
          'defmodule ShopWeb.InviteController do\n  use Phoenix.Controller\n\n  def show(conn, %{"token" => token}), do: json(conn, Shop.Invite.find(token))\nend\n',
        "lib/shop/invite.ex":
          'defmodule Shop.Invite do\n  use Ecto.Schema\n\n  schema "invites" do\n    field :token, :string\n  end\n\n  def find(token), do: Shop.Repo.get_by(__MODULE__, token: token)\nend\n',
        "priv/repo/migrations/20240101000000_create_invites.exs": `defmodule Shop.Repo.Migrations.CreateInvites do
  use Ecto.Migration

  def change do
    create table(:invites) do
      add :token, :string
    end
  end
end
`,
      },
      at: "add :token, :string",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop_web/invite_controller.ex":
          'defmodule ShopWeb.InviteController do\n  use Phoenix.Controller\n\n  def show(conn, %{"token" => token}), do: json(conn, Shop.Invite.find(token))\nend\n',
        "lib/shop/invite.ex":
          'defmodule Shop.Invite do\n  use Ecto.Schema\n\n  schema "invites" do\n    field :token, :string\n  end\n\n  def find(token), do: Shop.Repo.get_by(__MODULE__, token: token)\nend\n',
        "priv/repo/migrations/20240101000000_create_invites.exs": `defmodule Shop.Repo.Migrations.CreateInvites do
  use Ecto.Migration

  def change do
    create table(:invites) do
      add :token, :string
    end

    create unique_index(:invites, [:token])
  end
end
`,
      },
    },
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop_web/page_controller.ex":
          'defmodule ShopWeb.PageController do\n  use Phoenix.Controller\n\n  def show(conn, %{"slug" => slug}), do: json(conn, Shop.Page.by_slug(slug))\nend\n',
        "lib/shop/page.ex": `defmodule Shop.Page do
  use Ecto.Schema
  import Ecto.Query

  schema "pages" do
    field :slug, :string
  end

  def with_slug(query \\\\ __MODULE__, slug), do: from(p in query, where: p.slug == ^slug)
  def by_slug(slug), do: __MODULE__ |> with_slug(slug) |> Shop.Repo.one()
end
`,
        "priv/repo/migrations/20240101000000_create_pages.exs":
          "defmodule Shop.Repo.Migrations.CreatePages do\n  use Ecto.Migration\n\n  def change do\n    create table(:pages) do\n      add :slug, :string\n    end\n  end\nend\n",
      },
      at: "add :slug, :string",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop_web/page_controller.ex":
          'defmodule ShopWeb.PageController do\n  use Phoenix.Controller\n\n  def show(conn, %{"slug" => slug}), do: json(conn, Shop.Page.by_slug(slug))\nend\n',
        "lib/shop/page.ex": `defmodule Shop.Page do
  use Ecto.Schema
  import Ecto.Query

  schema "pages" do
    field :slug, :string
    field :site_id, :integer
  end

  def with_slug(query \\\\ __MODULE__, slug), do: from(p in query, where: p.slug == ^slug)
  def by_slug(site, slug), do: __MODULE__ |> where([p], p.site_id == ^site.id) |> with_slug(slug) |> Shop.Repo.one()
end
`,
        "priv/repo/migrations/20240101000000_create_pages.exs":
          "defmodule Shop.Repo.Migrations.CreatePages do\n  use Ecto.Migration\n\n  def change do\n    create table(:pages) do\n      add :slug, :string\n      add :site_id, :bigint\n    end\n\n    create index(:pages, [:site_id])\n  end\nend\n",
      },
    },
  ],
});

function matchOf(lookup: Lookup, project: Project): Match<Slots>[] {
  if (isUnread(project.database, lookup)) return [];
  const { table, column } = lookup;
  const ways = lookup.queries.map((query) => ({ query, path: requestPath(project, query.caller) }));
  const best = ways.find(({ path }) => path !== null) ?? ways[0];
  if (best === undefined || (best.path === null && !isIdentifier(column.name))) return [];
  const { path } = best;
  const callers = [...new Map(ways.map(({ query }) => [query.caller, query])).values()];
  return [
    {
      span: column.span,
      confidence: (path === null && !isCalled(project, callers)) || hasUnreadIndex(project.database, table) ? "possible" : "likely",
      severity: path !== null && isIdentifier(column.name) && !/slug$/.test(column.name) ? "high" : "medium",
      slots: {
        table: table.name,
        column: column.name,
        query: spoken(best.query.caller),
        request: path === null || path.length < 2 ? "" : spoken(path[0] ?? ""),
        others: callers.length - 1,
        index: `create index(:${table.name}, [:${column.name}])`,
      },
      evidence: [
        ...callers.slice(0, 3).map((query) => ({ at: query.at, note: `${spoken(query.caller)} looks up by ${column.name}` })),
        ...table.indexes.slice(0, 3).map((index) => ({
          at: index,
          note: `an index of ${table.name}, on ${index.columns.join(", ")}`,
          comparison: true as const,
        })),
      ],
    },
  ];
}

/** Whether anything that serves calls one of the functions, if no request is known to lead there (webhooks, workers). */
function isCalled(project: Project, queries: readonly RunQuery[]): boolean {
  return queries.some((query) => callersOf(project, query.caller).some((site) => isProduction(site.path)));
}

/** SQL nobody could read names the column beside its table. */
function isUnread(database: Database, { table, column }: Lookup): boolean {
  return database.unread.some((statement) => statement.text.includes(column.name) && statement.text.includes(bareName(table)));
}

function hasUnreadIndex(database: Database, table: Table): boolean {
  return database.unread.some(
    (statement) => (statement.table === null || statement.table === table.name) && /index|rename/i.test(statement.text),
  );
}

function bareName(table: Table): string {
  return table.name.split(".").at(-1) ?? table.name;
}
