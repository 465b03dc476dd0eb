import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Patch } from "../../src/model/patch.js";
import { proposePatches } from "../../src/fixes/propose.js";
import { analysisOf, parse, shop } from "../support/consultation.js";

async function patchesFor(files: Readonly<Record<string, string>>, rule: string): Promise<Patch[]> {
  const analysis = await analysisOf(files);
  return proposePatches(
    analysis,
    analysis.audit.findings.filter((finding) => finding.rule === rule),
    parse,
  );
}

const orders = (body: string): Record<string, string> => ({
  ...shop,
  "lib/shop/orders.ex": `defmodule Shop.Orders do\n  alias Shop.{Order, Repo}\n\n${body}\nend\n`,
});

const search = (body: string): Record<string, string> => ({
  ...shop,
  "lib/shop/search.ex": `defmodule ShopWeb.SearchController do\n  use Phoenix.Controller\n  alias Shop.Repo\n\n${body}\nend\n`,
});

describe("every patch", () => {
  it.each(["sql-built-from-values", "foreign-key-without-index", "query-per-element"])("is applied by git as it is: %s", async (rule) => {
    const folder = mkdtempSync(join(tmpdir(), "guard-patch-"));
    try {
      for (const [path, text] of Object.entries(shop)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const [patch] = await patchesFor(shop, rule);
      execFileSync("git", ["apply", "-"], { cwd: folder, input: patch?.diff ?? "" });
      expect(readFileSync(join(folder, patch?.path ?? ""), "utf8")).toBe(patch?.after);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says what was checked and what was not", async () => {
    const [patch] = await patchesFor(shop, "sql-built-from-values");
    expect(patch?.diff).toContain("--- a/lib/shop/search.ex\n+++ b/lib/shop/search.ex\n@@ -3,6 +3,6 @@");
    expect(patch?.proof).toMatchObject({
      applied: { answer: "yes" },
      parsed: { answer: "yes" },
      findingGone: { answer: "yes" },
      noNewFinding: { answer: "yes" },
      formatted: { answer: "not run" },
      compiled: { answer: "not run" },
      tested: { answer: "not run" },
    });
  });

  it("changes nothing but the lines it is about", async () => {
    const [patch] = await patchesFor(shop, "sql-built-from-values");
    const changed = (patch?.diff ?? "").split("\n").filter((line) => /^[-+] /.test(line));
    expect(changed).toHaveLength(2);
  });
});

describe("an index migration", () => {
  it("comes after the newest migration, in its namespace, and keeps the table writable", async () => {
    const [patch] = await patchesFor(shop, "foreign-key-without-index");
    expect(patch).toMatchObject({ kind: "migration", before: null, path: "priv/repo/migrations/20260102000001_index_orders_user_id.exs" });
    expect(patch?.after).toBe(`defmodule Shop.Repo.Migrations.IndexOrdersUserId do
  use Ecto.Migration

  @disable_ddl_transaction true
  @disable_migration_lock true

  # Reads and writes of orders go on while it is built. It can be deployed at any time.
  def change do
    create index(:orders, [:user_id], concurrently: true)
  end
end
`);
    expect(patch?.diff.startsWith("--- /dev/null\n+++ b/priv/repo/migrations/20260102000001_index_orders_user_id.exs\n")).toBe(true);
  });

  it("takes a version of its own for each index", async () => {
    const migration = (shop["priv/repo/migrations/20260102000000_create_orders.exs"] ?? "").replace(
      "      add :user_id",
      "      add :seller_id, references(:users)\n      add :user_id",
    );
    const patches = await patchesFor(
      { ...shop, "priv/repo/migrations/20260102000000_create_orders.exs": migration },
      "foreign-key-without-index",
    );
    expect(patches.map((patch) => /\d{14}/.exec(patch.path)?.[0]).sort()).toEqual(["20260102000001", "20260102000002"]);
  });
});

describe("interpolated SQL", () => {
  it("becomes a parameter where the value stands in quotes after LIKE", async () => {
    const [patch] = await patchesFor(shop, "sql-built-from-values");
    expect(patch?.after).toContain(`Repo.query!("SELECT id FROM users WHERE name ILIKE $1", ["%#{q}%"]).rows`);
  });

  it("becomes a parameter where the column it is compared with holds text, in order", async () => {
    const files = search(`  def index(conn, %{"a" => a, "b" => b}) do
    json(conn, Repo.query!("SELECT id FROM users WHERE name = '#{a}' OR name ILIKE '#{b}%'", []).rows)
  end`);
    const [patch] = await patchesFor(files, "sql-built-from-values");
    expect(patch?.after).toContain(`Repo.query!("SELECT id FROM users WHERE name = $1 OR name ILIKE $2", [a, "#{b}%"]).rows`);
  });

  it.each([
    ["the column's type is not known", `"SELECT id FROM users WHERE age = '#{q}'"`],
    ["the value stands outside quotes, where it may be an identifier", `"SELECT id FROM users ORDER BY #{q}"`],
    ["the value is computed in place", `"SELECT id FROM users WHERE name LIKE '#{String.trim(q)}'"`],
  ])("is left to a person when %s", async (_name, sql) => {
    const files = search(`  def index(conn, %{"q" => q}) do\n    json(conn, Repo.query!(${sql}).rows)\n  end`);
    expect(await patchesFor(files, "sql-built-from-values")).toEqual([]);
  });
});

describe("a preload in a loop", () => {
  it("moves to the list", async () => {
    const [patch] = await patchesFor(shop, "query-per-element");
    expect(patch?.after).toContain("Enum.map(Repo.preload(orders, :user), fn order -> order end)");
  });

  it("moves into a comprehension's source", async () => {
    const [patch] = await patchesFor(
      orders("  def with_users(orders) do\n    for order <- orders, do: Repo.preload(order, :user)\n  end"),
      "query-per-element",
    );
    expect(patch?.after).toContain("for order <- Repo.preload(orders, :user), do: order");
  });

  it("joins a pipe", async () => {
    const [patch] = await patchesFor(
      orders("  def with_users(orders) do\n    orders |> Enum.map(fn order -> Repo.preload(order, :user) end)\n  end"),
      "query-per-element",
    );
    expect(patch?.after).toContain("orders |> Repo.preload(:user) |> Enum.map(fn order -> order end)");
  });

  it("stays where the element is not what is preloaded", async () => {
    const files = orders("  def users(orders) do\n    for order <- orders, do: Repo.get!(Shop.User, order.user_id)\n  end");
    expect(await patchesFor(files, "query-per-element")).toEqual([]);
  });
});

describe("an opened file", () => {
  const exporting = (last: string): Record<string, string> =>
    orders(`  def export(path, rows) do
    {:ok, device} = File.open(path, [:write])

    Enum.each(rows, fn row ->
      IO.write(device, row)
    end)
${last}  end`);

  it("is closed after its last use", async () => {
    const [patch] = await patchesFor(exporting("\n    length(rows)\n"), "file-never-closed");
    expect(patch?.after).toContain("    end)\n\n    File.close(device)\n\n    length(rows)\n");
  });

  it("is left to a person where closing it would change what the function gives back", async () => {
    expect(await patchesFor(exporting(""), "file-never-closed")).toEqual([]);
  });
});

describe("a dropped write", () => {
  it("raises", async () => {
    const files = orders(`  def pay(order) do
    order
    |> Ecto.Changeset.cast(%{}, [])
    |> Ecto.Changeset.validate_required([:user_id])
    |> Repo.update()

    :ok
  end`);
    const [patch] = await patchesFor(files, "result-dropped");
    expect(patch?.after).toContain("    |> Repo.update!()\n\n    :ok");
  });
});

describe("tests for a module that none reaches", () => {
  const tested: Readonly<Record<string, string>> = {
    ...shop,
    "lib/shop/users.ex": `defmodule Shop.Users do
  alias Shop.{Repo, User}

  def get_user!(id), do: Repo.get!(User, id)
end
`,
    "lib/shop/orders.ex": `defmodule Shop.Orders do
  import Ecto.Query
  alias Shop.{Order, Repo}

  def get_order!(id), do: Repo.get!(Order, id)
  def get_order(id), do: Repo.get(Order, id)
  def list_orders, do: Repo.all(from o in Order, limit: 10)
  def list_orders(ids), do: Repo.all(from o in Order, where: o.id in ^ids)
  def state(:open), do: "Open"
  def state(:paid), do: "Paid"
  def total(orders), do: Enum.sum(orders)

  def create_order(attrs) do
    %Order{}
    |> Order.changeset(attrs)
    |> Repo.insert()
  end
end
`,
    "lib/shop/order.ex": `defmodule Shop.Order do
  use Ecto.Schema
  import Ecto.Changeset

  schema "orders" do
    belongs_to :user, Shop.User
  end

  def changeset(order, attrs) do
    order |> cast(attrs, [:user_id]) |> validate_required([:user_id])
  end
end
`,
    "test/support/data_case.ex": "defmodule Shop.DataCase do\n  use ExUnit.CaseTemplate\nend\n",
    "test/shop/users_test.exs": `defmodule Shop.UsersTest do
  use Shop.DataCase, async: true

  test "get_user!/1" do
    assert Shop.Users.get_user!(1)
  end
end
`,
  };

  it("hold what the code tells, in the project's own template, and nothing else", async () => {
    const [patch] = await patchesFor(tested, "module-without-tests");
    expect(patch).toMatchObject({ kind: "test", path: "test/shop/orders_test.exs", before: null });
    expect(patch?.after).toBe(`defmodule Shop.OrdersTest do
  use Shop.DataCase, async: true

  alias Shop.Orders

  test "get_order!/1 raises when there is none" do
    assert_raise Ecto.NoResultsError, fn -> Orders.get_order!(-1) end
  end

  test "get_order/1 is nil when there is none" do
    assert Orders.get_order(-1) == nil
  end

  test "list_orders/0 is empty when nothing is stored" do
    assert Orders.list_orders() == []
  end

  test "list_orders/1 is empty when nothing is stored" do
    assert Orders.list_orders([]) == []
  end

  test "state/1 answers what its clauses say" do
    assert Orders.state(:open) == "Open"
    assert Orders.state(:paid) == "Paid"
  end

  test "create_order/1 refuses attributes without the required fields" do
    assert {:error, %Ecto.Changeset{valid?: false}} = Orders.create_order(%{})
  end
end
`);
  });

  it("leave the database alone in a project without a case template for it", async () => {
    const without = Object.fromEntries(Object.entries(tested).filter(([path]) => path !== "test/support/data_case.ex"));
    const [patch] = await patchesFor(without, "module-without-tests");
    expect(patch?.after).toContain("use ExUnit.Case, async: true");
    expect(patch?.after).not.toContain("get_order");
  });
});

describe("a secret in the configuration", () => {
  const value = ["mY9sXo2K", "pQ7vT4zL", "wR8nJ3uH", "cE6gF1A0"].join("");
  const inConfiguration = `import Config\n\nconfig :shop, ShopWeb.Endpoint,\n  secret_key_base: "${value}"\n`;

  it("is read from the environment in the production block", async () => {
    const runtime = "import Config\n\nif config_env() == :prod do\n  config :shop, ShopWeb.Endpoint, server: true\nend\n";
    const [patch] = await patchesFor({ ...shop, "config/config.exs": inConfiguration, "config/runtime.exs": runtime }, "secret-in-source");
    expect(patch?.after).toBe(
      'import Config\n\nif config_env() == :prod do\n  config :shop, ShopWeb.Endpoint, server: true\n  config :shop, ShopWeb.Endpoint, secret_key_base: System.fetch_env!("SECRET_KEY_BASE")\nend\n',
    );
    expect(patch?.diff).not.toContain(value);
  });

  it("gets a runtime configuration where there is none", async () => {
    const [patch] = await patchesFor({ ...shop, "config/config.exs": inConfiguration }, "secret-in-source");
    expect(patch).toMatchObject({ path: "config/runtime.exs", before: null });
  });

  it("is no longer a fallback", async () => {
    const runtime = `import Config\n\nconfig :shop, ShopWeb.Endpoint, secret_key_base: System.get_env("SECRET_KEY_BASE") || "${value}"\n`;
    const [patch] = await patchesFor({ ...shop, "config/runtime.exs": runtime }, "secret-in-source");
    expect(patch?.after).toBe('import Config\n\nconfig :shop, ShopWeb.Endpoint, secret_key_base: System.fetch_env!("SECRET_KEY_BASE")\n');
  });
});

describe("an open route", () => {
  const router = (routes: string): Record<string, string> => ({
    ...shop,
    "lib/shop_web/router.ex": `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :fetch_session
  end

  pipeline :members do
    plug :require_authenticated_user
  end

  scope "/", ShopWeb do
    pipe_through [:browser, :members]
    put "/products/:id", ProductController, :update
  end

  scope "/", ShopWeb do
    pipe_through :browser
${routes}
  end
end
`,
    "lib/shop_web/product_controller.ex": `defmodule ShopWeb.ProductController do
  use Phoenix.Controller
  def index(conn, _params), do: json(conn, [])
  def update(conn, %{"id" => id}), do: json(conn, Shop.Repo.insert!(id))
  def delete(conn, %{"id" => id}), do: json(conn, Shop.Repo.delete!(id))
  def import(conn, %{"id" => id}), do: json(conn, Shop.Repo.insert!(id))
end
`,
  });

  it("goes through the guarding pipeline with its whole scope, when all of it is open", async () => {
    const files = router('    delete "/products/:id", ProductController, :delete\n    post "/products/import", ProductController, :import');
    const patches = await patchesFor(files, "route-without-authentication");
    expect(patches).toHaveLength(1);
    expect(patches[0]?.findings).toHaveLength(2);
    expect(patches[0]?.after).toContain("    pipe_through [:browser, :members]\n    delete ");
  });

  it("goes through it alone, when its neighbours are meant for everyone", async () => {
    const files = router('    get "/products", ProductController, :index\n    delete "/products/:id", ProductController, :delete');
    const [patch] = await patchesFor(files, "route-without-authentication");
    expect(patch?.after).toContain(`    get "/products", ProductController, :index

    scope "/" do
      pipe_through :members

      delete "/products/:id", ProductController, :delete
    end
`);
  });
});

const blog = (body: string, head = "  alias Shop.{Post, Repo, Tag}\n"): Record<string, string> => ({
  ...shop,
  "lib/shop/tag.ex": `defmodule Shop.Tag do
  use Ecto.Schema

  schema "tags" do
    field :name, :string
    timestamps()
  end
end
`,
  "lib/shop/post.ex": `defmodule Shop.Post do
  use Ecto.Schema

  schema "posts" do
    field :published, :boolean
    field :title, :string
    belongs_to :user, Shop.User
    timestamps(type: :utc_datetime_usec)
  end
end
`,
  "lib/shop/blog.ex": `defmodule Shop.Blog do\n${head}\n${body}\nend\n`,
});

describe("a row fetched in a loop", () => {
  const patchesOfBlog = async (files: Record<string, string>): Promise<Patch[]> =>
    (await patchesFor(files, "query-per-element")).filter(({ path }) => path === "lib/shop/blog.ex");

  it("is looked up among rows that one query loads before", async () => {
    const files = blog("  def authors(posts) do\n    Enum.map(posts, fn post -> {post, Repo.get(Shop.User, post.user_id)} end)\n  end");
    const [patch] = await patchesOfBlog(files);
    expect(patch?.after).toBe(`defmodule Shop.Blog do
  import Ecto.Query, only: [from: 2]
  alias Shop.{Post, Repo, Tag}

  def authors(posts) do
    users_by_id = Map.new(Repo.all(from(row in Shop.User, where: row.id in ^Enum.map(posts, & &1.user_id))), &{&1.id, &1})
    Enum.map(posts, fn post -> {post, Map.get(users_by_id, post.user_id)} end)
  end
end
`);
  });

  it("takes a list of keys that rows gave", async () => {
    const files = blog(
      "  def authors(posts) do\n    ids = Enum.map(posts, & &1.user_id)\n    users = Enum.map(ids, &Repo.get(Shop.User, &1))\n    {ids, users}\n  end",
      "  import Ecto.Query\n  alias Shop.Repo\n",
    );
    const [patch] = await patchesOfBlog(files);
    expect(patch?.after).toContain(
      "    users_by_id = Map.new(Repo.all(from(row in Shop.User, where: row.id in ^ids)), &{&1.id, &1})\n    users = Enum.map(ids, &Map.get(users_by_id, &1))\n",
    );
    expect(patch?.after).not.toContain("only: [from: 2]");
  });

  it.each([
    ["keys may be text from a request", "    Enum.map(list, &Repo.get(Shop.User, &1))"],
    ["a missing row must raise", "    Enum.map(list, fn post -> Repo.get!(Shop.User, post.user_id) end)"],
    [
      "the list is only known inside the statement",
      "    Enum.map(list, fn {_, list} -> Enum.map(list, fn post -> Repo.get(Shop.User, post.user_id) end) end)",
    ],
    ["the key is no stored one", "    Enum.map(list, fn post -> Repo.get(Shop.User, post.number) end)"],
  ])("is left to a person when %s", async (_name, body) => {
    expect(await patchesOfBlog(blog(`  def run(list) do\n${body}\n  end`))).toEqual([]);
  });
});

describe("rows written one by one", () => {
  const writing = (body: string): Promise<Patch[]> => patchesFor(blog(`  def run(list) do\n${body}\n  end`), "write-per-element");

  it("are inserted together, with the timestamps the struct would have got", async () => {
    const [patch] = await writing("    Enum.each(list, fn name -> Repo.insert!(%Tag{name: name}) end)");
    expect(patch?.after).toContain(`  def run(list) do
    now = NaiveDateTime.truncate(NaiveDateTime.utc_now(), :second)

    list
    |> Enum.map(fn name -> %{name: name, inserted_at: now, updated_at: now} end)
    |> Enum.chunk_every(1_000)
    |> Enum.each(&Repo.insert_all(Tag, &1))
  end
`);
  });

  it("are updated together where all get the same values", async () => {
    const [patch] = await writing(
      "    Enum.each(list, fn %Post{} = post -> post |> Ecto.Changeset.change(published: true) |> Repo.update!() end)",
    );
    expect(patch?.after).toContain(`    from(row in Shop.Post, where: row.id in ^Enum.map(list, & &1.id))
    |> Repo.update_all(set: [published: true, updated_at: DateTime.utc_now()])
    :ok
`);
  });

  it("are deleted together where a query says what they are", async () => {
    const [patch] = await writing("    tags = Repo.all(Tag)\n    Enum.each(tags, fn tag -> Repo.delete!(tag) end)\n    list");
    expect(patch?.after).toContain(
      `    from(row in Shop.Tag, where: row.id in ^Enum.map(tags, & &1.id))\n    |> Repo.delete_all()\n    list\n`,
    );
  });

  it.each([
    ["a changeset may refuse a row", "    Enum.each(list, fn name -> Repo.insert!(Tag.changeset(%Tag{}, %{name: name})) end)"],
    ["the answer is used", "    Enum.map(list, fn name -> Repo.insert!(%Tag{name: name}) end)"],
    [
      "each gets another value",
      "    Enum.each(list, fn %Post{} = post -> Repo.update!(Ecto.Changeset.change(post, title: post.title)) end)",
    ],
    ["nothing says what the rows are", "    Enum.each(list, fn row -> Repo.delete!(row) end)"],
    ["an association is stored as well", '    Enum.each(list, fn user -> Repo.insert!(%Post{title: "a", user: user}) end)'],
    ["the loop does more", "    Enum.each(list, fn name ->\n      send(self(), name)\n      Repo.insert!(%Tag{name: name})\n    end)"],
  ])("are left to a person when %s", async (_name, body) => {
    expect(await writing(body)).toEqual([]);
  });
});
