import { describe, expect, test } from "vitest";
import { queriesIn, queriesOf } from "../../src/project/queries/queries-in.js";
import { projectFrom } from "../support/project.js";

const schemas = {
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
  "lib/shop/user.ex": `defmodule Shop.User do
  use Ecto.Schema
  import Ecto.Query

  schema "users" do
    field :email, :string
    field :active, :boolean
    has_many :posts, Shop.Post
  end

  def active(query \\\\ __MODULE__), do: from(u in query, where: u.active)
  def newest(query, count), do: from(u in query, order_by: [desc: u.inserted_at], limit: ^count)
  def of_kind(query, :all), do: query
  def of_kind(query, _), do: where(query, [u], u.kind == "guest")
end
`,
  "lib/shop/post.ex": `defmodule Shop.Post do
  use Ecto.Schema

  schema "posts" do
    field :slug, :string
    belongs_to :user, Shop.User
  end
end
`,
};

/** The queries of a module whose functions are given. */
function asked(functions: string) {
  const project = projectFrom({
    ...schemas,
    "lib/shop/asks.ex": `defmodule Shop.Asks do
  import Ecto.Query
  alias Shop.{Post, Repo, User}
${functions}
end
`,
  });
  return queriesOf(project).map((query) => ({
    name: query.name,
    tables: query.sources.map((source) => source.table),
    filters: query.filters.map(
      (filter) => `${String(filter.source)}.${filter.column} ${filter.operator}${filter.always ? "" : " sometimes"}`,
    ),
    orders: query.orders.map((order) => `${String(order.source)}.${order.column}`),
    limited: query.limited,
    opaque: query.opaque,
  }));
}

describe("queries", () => {
  test("are read in keyword form, with joins through associations and bindings of their own", () => {
    expect(
      asked(`def one(email) do
    Repo.all(from u in User, as: :user, join: p in assoc(u, :posts), on: p.user_id == u.id, where: u.email == ^email and p.slug in ["a"], where: is_nil(as(:user).deleted_at), order_by: [asc: p.id])
  end`),
    ).toEqual([
      {
        name: "all",
        tables: ["users", "posts"],
        filters: ["0.email ==", "1.slug in", "0.deleted_at is_nil"],
        orders: ["1.id"],
        limited: false,
        opaque: false,
      },
    ]);
  });

  test("are read in macro form along pipes, variables and positional or named bindings", () => {
    expect(
      asked(`def two(name) do
    query = User |> join(:left, [u], p in assoc(u, :posts), as: :post)
    query = where(query, [..., p], p.slug == ^name or p.old == ^name)

    query
    |> where([post: post], ilike(post.title, ^name))
    |> order_by(desc: :id)
    |> limit(5)
    |> Repo.one()
  end`),
    ).toEqual([
      {
        name: "one",
        tables: ["users", "posts"],
        filters: ["1.slug == sometimes", "1.old == sometimes", "1.title like"],
        orders: ["0.id"],
        limited: true,
        opaque: false,
      },
    ]);
  });

  test("are followed into the functions that build them, where a condition of one clause holds only sometimes", () => {
    expect(
      asked(`def three(kind), do: User.active() |> User.of_kind(kind) |> User.newest(3) |> Repo.all()
  def four(kind), do: User |> User.of_kind(kind) |> Shop.Unknown.apply_filters() |> Repo.all()`),
    ).toEqual([
      {
        name: "all",
        tables: ["users"],
        filters: ["0.active ==", "0.kind == sometimes"],
        orders: ["0.inserted_at"],
        limited: true,
        opaque: false,
      },
      { name: "all", tables: ["users"], filters: ["0.kind == sometimes"], orders: [], limited: false, opaque: true },
    ]);
  });

  test("include look-ups by keyword and map, and conditions held in a dynamic", () => {
    expect(
      asked(`def five(slug) do
    condition = dynamic([p], p.slug == ^slug)
    Repo.exists?(where(Post, ^condition))
    Repo.get_by(Post, slug: slug)
    Post |> Repo.get_by!(%{slug: slug})
    Repo.delete_all(from p in subquery(Post), where: [slug: ^slug])
  end`).map(({ name, filters }) => [name, filters]),
    ).toEqual([
      ["exists?", ["0.slug =="]],
      ["get_by", ["0.slug =="]],
      ["get_by!", ["0.slug =="]],
      ["delete_all", ["0.slug =="]],
    ]);
  });

  test("are followed into functions that a use macro defines in the schema", () => {
    const project = projectFrom({
      ...schemas,
      "lib/shop/base.ex": `defmodule Shop.Base do
  defmacro __using__(_) do
    quote do
      import Ecto.Query
      def by_slug(query \\\\ __MODULE__, slug), do: where(query, [row], row.slug == ^slug)
    end
  end
end
`,
      "lib/shop/page.ex":
        'defmodule Shop.Page do\n  use Ecto.Schema\n  use Shop.Base\n  schema "pages" do\n    field :slug, :string\n  end\nend\n',
      "lib/shop/asks.ex":
        "defmodule Shop.Asks do\n  alias Shop.{Page, Repo}\n  def page(slug), do: slug |> Page.by_slug() |> Repo.one()\n  def piped(slug), do: Page |> Page.by_slug(slug) |> Repo.one()\nend\n",
    });
    const filters = ["Shop.Asks.page/1", "Shop.Asks.piped/1"].flatMap((id) => queriesIn(project, id)).map((query) => query.filters);
    expect(filters.map((list) => list.map(({ column }) => column))).toEqual([["slug"], ["slug"]]);
  });

  test("belong to the function that runs them", () => {
    const project = projectFrom({
      ...schemas,
      "lib/shop/asks.ex":
        "defmodule Shop.Asks do\n  def all(query), do: Shop.Repo.all(query)\n  def users, do: Shop.Repo.all(Shop.User)\nend\n",
    });
    expect(queriesIn(project, "Shop.Asks.all/1")).toEqual([]);
    expect(queriesIn(project, "Shop.Asks.users/0")).toMatchObject([{ name: "all", caller: "Shop.Asks.users/0" }]);
  });
});
