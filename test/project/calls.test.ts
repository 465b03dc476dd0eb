import { describe, expect, test } from "vitest";
import { callersOf, callsWithin } from "../../src/project/callers-of.js";
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

  test("defdelegate calls its target", () => {
    const files = { "lib/accounts.ex": accounts, "lib/a.ex": "defmodule A do\n  defdelegate list(), to: Shop.Accounts\nend\n" };
    expect(callees(files, "A.list/0")).toEqual(["Shop.Accounts.list/0"]);
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
