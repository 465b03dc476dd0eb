import { describe, expect, test } from "vitest";
import { callersOf, callsWithin } from "../../src/project/callers-of.js";
import { traceEffect } from "../../src/project/effects-of.js";
import { findFunction } from "../../src/project/find-function.js";
import { functionAt } from "../../src/project/function-at.js";
import { projectFrom } from "../support/project.js";

function callees(files: Record<string, string>, caller: string): string[] {
  return (projectFrom(files).calls.get(caller) ?? []).map((site) => site.callee);
}

const accounts = `defmodule Shop.Accounts do
  def get(id, options \\\\ []), do: {id, options}
  def list, do: []
end
`;

describe("calls", () => {
  test("a remote call with default arguments left out reaches the function", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/a.ex": "defmodule A do\n  alias Shop.Accounts\n  def run(id), do: id |> Accounts.get()\nend\n",
    };
    expect(callees(files, "A.run/1")).toEqual(["Shop.Accounts.get/2"]);
    expect(findFunction(projectFrom(files), "Shop.Accounts", "get", 1)?.id).toBe("Shop.Accounts.get/2");
  });

  test("a local call, a capture and an apply are calls", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/a.ex":
        "defmodule A do\n  def run(xs) do\n    Enum.map(xs, &one/1)\n    apply(Shop.Accounts, :get, [1])\n    two()\n  end\n  defp one(x), do: x\n  defp two, do: 2\nend\n",
    };
    expect(callees(files, "A.run/1")).toEqual(["A.one/1", "Shop.Accounts.get/2", "A.two/0"]);
  });

  test("words of a query call nothing inside it, and the module's own functions where they are piped into one", () => {
    const own = "  def filter(query, name), do: where(query, [u], u.name == ^name)\n  def count(xs), do: length(xs)\n";
    const run = (body: string): Record<string, string> => ({
      "lib/a.ex": `defmodule A do\n  import Ecto.Query\n  def run(name) do\n    ${body}\n  end\n${own}end\n`,
    });
    expect(callees(run("User |> filter(name) |> preload(:posts)"), "A.run/1")).toEqual(["A.filter/2"]);
    expect(callees(run("from(u in User, where: u.name == ^name, select: count(u.id))"), "A.run/1")).toEqual([]);
  });

  test("only what an import lets in is imported", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/a.ex": "defmodule A do\n  import Shop.Accounts, only: [list: 0]\n  def run, do: {list(), get(1)}\nend\n",
    };
    expect(callees(files, "A.run/0")).toEqual(["Shop.Accounts.list/0"]);
  });

  test("imports and aliases brought by the project's own use macro are followed", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/shop_web.ex": `defmodule ShopWeb do
  def controller do
    quote do
      use Phoenix.Controller
      unquote(helpers())
    end
  end

  defp helpers do
    quote do
      import ShopWeb.Helpers
      alias Shop.Accounts, as: People
    end
  end

  defmacro __using__(which) when is_atom(which), do: apply(__MODULE__, which, [])
end
`,
      "lib/helpers.ex": "defmodule ShopWeb.Helpers do\n  def format(x), do: x\nend\n",
      "lib/shop_web/controllers/user_controller.ex":
        "defmodule ShopWeb.UserController do\n  use ShopWeb, :controller\n  def show(conn, _), do: format(People.get(conn))\nend\n",
    };
    expect(callees(files, "ShopWeb.UserController.show/2")).toEqual(["ShopWeb.Helpers.format/1", "Shop.Accounts.get/2"]);
    expect(projectFrom(files).modules.get("ShopWeb.UserController")?.role).toBe("controller");
  });

  test("several aliases at once and ExUnit's using are followed too", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/base.ex":
        "defmodule Shop.Base do\n  defmacro __using__(_) do\n    quote do\n      alias Shop.{Accounts, Other}\n    end\n  end\nend\n",
      "lib/a.ex": "defmodule A do\n  use Shop.Base\n  def run, do: Accounts.list()\nend\n",
      "test/support/case.ex":
        "defmodule Shop.Case do\n  use ExUnit.CaseTemplate\n  using do\n    quote do\n      alias Shop.Accounts\n    end\n  end\nend\n",
      "test/a_test.exs": "defmodule ATest do\n  use Shop.Case\n  def run, do: Accounts.list()\nend\n",
    };
    expect([callees(files, "A.run/0"), callees(files, "ATest.run/0")]).toEqual([["Shop.Accounts.list/0"], ["Shop.Accounts.list/0"]]);
  });

  test("a step of Ecto.Multi given as module and name gets the repository and the changes so far", () => {
    const files = {
      "lib/steps.ex": "defmodule Steps do\n  def store(_repo, _changes, _id), do: {:ok, 1}\nend\n",
      "lib/a.ex": "defmodule A do\n  def run(multi, id), do: Ecto.Multi.run(multi, :store, Steps, :store, [id])\nend\n",
    };
    expect(callees(files, "A.run/2")).toEqual(["Steps.store/3"]);
  });

  test("applications of an umbrella call each other by module name", () => {
    const files = {
      "apps/core/lib/core/posts.ex": "defmodule Core.Posts do\n  def list, do: []\nend\n",
      "apps/web/lib/web/page.ex": "defmodule Web.Page do\n  alias Core.Posts\n  def run, do: Posts.list()\nend\n",
    };
    expect(callees(files, "Web.Page.run/0")).toEqual(["Core.Posts.list/0"]);
  });

  test("defdelegate calls its target, under another name too", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/a.ex": "defmodule A do\n  defdelegate all(), to: Shop.Accounts, as: :list\n  defdelegate get(id), to: Shop.Accounts\nend\n",
    };
    expect([callees(files, "A.all/0"), callees(files, "A.get/1")]).toEqual([["Shop.Accounts.list/0"], ["Shop.Accounts.get/2"]]);
  });

  test("a module held in an attribute is called through its default", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/a.ex":
        "defmodule A do\n  @accounts Application.compile_env(:shop, :accounts, Shop.Accounts)\n  def run, do: @accounts.list()\nend\n",
    };
    expect(callees(files, "A.run/0")).toEqual(["Shop.Accounts.list/0"]);
  });

  test("callers are found from the callee, with the place of the call alone", () => {
    const source = "defmodule A do\n  def run(id), do: id |> Shop.Accounts.get() |> inspect()\nend\n";
    const project = projectFrom({ "lib/accounts.ex": accounts, "lib/a.ex": source });
    const [site] = callersOf(project, "Shop.Accounts.get/2");
    expect(site?.caller).toBe("A.run/1");
    expect(source.slice(site?.span.start, site?.span.end)).toBe("Shop.Accounts.get()");
    const clause = project.functions.get("A.run/1")?.facts.clauses[0]?.span ?? { start: 0, end: 0 };
    expect(callsWithin(project, "A.run/1", clause)).toHaveLength(1);
    expect(functionAt(project, "lib/a.ex", site?.span ?? clause)?.id).toBe("A.run/1");
  });

  test("code in a module's body has the module as its caller", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/schema.ex":
        "defmodule Schema do\n  use Absinthe.Schema\n  query do\n    field :users, list_of(:user) do\n      resolve(fn _, _ -> {:ok, Shop.Accounts.list()} end)\n    end\n  end\nend\n",
    };
    expect(callees(files, "Schema.__body__/0")).toEqual(["Shop.Accounts.list/0"]);
  });
});

describe("a module held by a value", () => {
  const configured = {
    "lib/accounts.ex": accounts,
    "config/config.exs":
      "import Config\nconfig :shop, :accounts, Shop.Accounts\nconfig :shop, other: Shop.Accounts\nconfig :shop, Shop.Pay, adapter: Shop.Accounts\n",
    "config/test.exs": "import Config\nconfig :shop, :accounts, Shop.Mock\nconfig :shop, Shop.Pay, adapter: Shop.Mock\n",
  };
  const inModule = (code: string): Record<string, string> => ({ ...configured, "lib/a.ex": `defmodule A do\n${code}\nend\n` });
  const viaHelper = (body: string): Record<string, string> => inModule(`  def run, do: held().list()\n  defp held, do: ${body}`);

  test.each([
    ["an attribute without a default", inModule("  @held Application.compile_env(:shop, :accounts)\n  def run, do: @held.list()")],
    ["an attribute that must be set", inModule("  @held Application.compile_env!(:shop, :other)\n  def run, do: @held.list()")],
    ["a path of keys", inModule("  @held Application.compile_env(:shop, [Shop.Pay, :adapter])\n  def run, do: @held.list()")],
    [
      "an attribute of an attribute",
      inModule("  @all Application.compile_env(:shop, Shop.Pay)\n  @held @all[:adapter]\n  def run, do: @held.list()"),
    ],
    ["a function", viaHelper("Application.get_env(:shop, :accounts)")],
    ["an entry of what is configured", viaHelper("Application.get_env(:shop, Shop.Pay)[:adapter]")],
    ["a piped entry", viaHelper(":shop |> Application.fetch_env!(Shop.Pay) |> Keyword.fetch!(:adapter)")],
    ["a default where nothing is set", viaHelper("Application.get_env(:shop, :unset, Shop.Accounts)")],
    ["a variable", inModule("  def run do\n    held = Application.get_env(:shop, :accounts)\n    held.list()\n  end")],
    ["a call on the value itself", inModule("  def run, do: Application.get_env(:shop, :accounts).list()")],
  ])("is found by what production configures: %s", (_, files) => {
    expect(callees(files, "A.run/0")).toContain("Shop.Accounts.list/0");
  });

  test("is a parameter's default", () => {
    expect(callees(inModule("  def run(held \\\\ Shop.Accounts), do: held.list()"), "A.run/1")).toEqual(["Shop.Accounts.list/0"]);
  });

  test("is the one implementation of the module's own behaviour, and unknown where there are two", () => {
    const front = inModule(
      "  @callback list() :: list()\n  def run, do: held().list()\n  defp held, do: Application.get_env(:shop, :unset)",
    );
    const implementation = (name: string): string =>
      `defmodule ${name} do\n  @behaviour A\n  @impl true\n  def list, do: Shop.Accounts.list()\nend\n`;
    const one = { ...front, "lib/b.ex": implementation("B"), "test/support/mock.ex": implementation("Mock") };
    expect(callees(one, "A.run/0")).toContain("B.list/0");
    expect(callees({ ...one, "lib/c.ex": implementation("C") }, "A.run/0")).toEqual(["A.held/0"]);
  });
});

describe("functions that use defines", () => {
  const files = {
    "lib/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
    "lib/base.ex": `defmodule Shop.Base do
  defmacro __using__(_) do
    quote do
      alias Shop.Repo
      def recent(query \\\\ __MODULE__), do: order_by(query, :inserted_at)
      def fetch(id), do: Repo.get(__MODULE__, id)
      def title, do: "untitled"
      defoverridable title: 0
    end
  end
end
`,
    "lib/post.ex": "defmodule Shop.Post do\n  use Shop.Base\n  def title, do: fetch(1)\nend\n",
    "lib/a.ex": "defmodule A do\n  alias Shop.Post\n  def run(id), do: {Post.fetch(id), Post.recent(), Post.title()}\nend\n",
  };

  test("are called from outside and inside, with defaults left out, and give way to the module's own", () => {
    expect(callees(files, "A.run/1")).toEqual(["Shop.Post.fetch/1", "Shop.Post.recent/1", "Shop.Post.title/0"]);
    expect(callees(files, "Shop.Post.title/0")).toEqual(["Shop.Post.fetch/1"]);
  });

  test("do what their quote says, in the file of the quote", () => {
    const project = projectFrom(files);
    const [step] = traceEffect(project, "Shop.Post.fetch/1", "query");
    expect([step?.at.path, step?.call]).toEqual(["lib/base.ex", "Shop.Repo.get/2"]);
    expect(functionAt(project, "lib/base.ex", step?.at.span ?? { start: 0, end: 0 })?.id).toBe("Shop.Base.__using__/1");
  });
});

describe("templates", () => {
  const html = `defmodule ShopWeb.UserHTML do
  use Phoenix.Component
  import ShopWeb.Components
  embed_templates "user_html/*"
end
`;
  const components = 'defmodule ShopWeb.Components do\n  use Phoenix.Component\n  def table(assigns), do: ~H"<table></table>"\nend\n';

  test("a template is a function of the module that embeds it, and calls its components", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/shop_web/components.ex": components,
      "lib/shop_web/controllers/user_html.ex": html,
      "lib/shop_web/controllers/user_html/show.html.heex": "<.table rows={@rows} /><p>{Shop.Accounts.list()}</p>\n",
      "lib/shop_web/controllers/user_controller.ex":
        "defmodule ShopWeb.UserController do\n  use Phoenix.Controller\n  def show(conn, _), do: render(conn, :show)\nend\n",
    };
    expect(callees(files, "ShopWeb.UserHTML.show/1")).toEqual(["ShopWeb.Components.table/1", "Shop.Accounts.list/0"]);
    expect(callees(files, "ShopWeb.UserController.show/2")).toEqual(["ShopWeb.UserHTML.show/1"]);
  });

  test("a template beside its LiveView is its render function", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/shop_web/live/user_live.ex": "defmodule ShopWeb.UserLive do\n  use Phoenix.LiveView\nend\n",
      "lib/shop_web/live/user_live.html.heex": "<p>{Shop.Accounts.list()}</p>\n",
    };
    expect(callees(files, "ShopWeb.UserLive.render/1")).toEqual(["Shop.Accounts.list/0"]);
  });

  test("a template under templates/ belongs to the view of its folder, deeper folders included", () => {
    const files = {
      "lib/accounts.ex": accounts,
      "lib/shop_web/views/user_view.ex": 'defmodule ShopWeb.UserView do\n  use Phoenix.View, root: "lib/shop_web/templates"\nend\n',
      "lib/shop_web/templates/user/show.html.eex": '<%= render "parts/_row.html", user: @user %>\n',
      "lib/shop_web/templates/user/parts/_row.html.eex": "<%= Shop.Accounts.list() %>\n",
    };
    expect(callees(files, "ShopWeb.UserView.show.html/1")).toEqual(["ShopWeb.UserView.parts/_row.html/1"]);
    expect(callees(files, "ShopWeb.UserView.parts/_row.html/1")).toEqual(["Shop.Accounts.list/0"]);
  });

  test("render_many reaches the view's render function", () => {
    const files = {
      "lib/shop_web/views/user_view.ex":
        'defmodule ShopWeb.UserView do\n  use Phoenix.View, root: "x"\n  def render("index.json", %{users: users}), do: render_many(users, ShopWeb.UserView, "user.json")\n  def render("user.json", %{user: user}), do: user\nend\n',
    };
    expect(callees(files, "ShopWeb.UserView.render/2")).toEqual(["ShopWeb.UserView.render/2"]);
  });
});
