import { describe, expect, it } from "vitest";
import { contains } from "../../../src/model/span.js";
import { factsOf, moduleOf, show } from "../support.js";

describe("modules", () => {
  it("lists nested modules beside their parent, with full names", () => {
    const facts = factsOf(`
defmodule Shop do
  defmodule Cart do
    def total, do: 0
  end

  def open, do: Cart.total()
end
`);
    expect(facts.modules.map((module) => module.name)).toEqual(["Shop", "Shop.Cart"]);
    expect(facts.topLevel).toEqual([]);
  });

  it("lets a nested module be called by its short name from then on", () => {
    const shop = moduleOf("defmodule Shop do\n  defmodule Cart do\n  end\n  def open, do: Cart.total()\nend");
    const body = shop.functions[0]?.clauses[0]?.body;
    expect(body && show(body)).toBe("Shop.Cart.total()");
  });

  it("tells protocols and implementations apart", () => {
    const { modules } = factsOf(`
defprotocol Priced do
  def price(item)
end

defimpl Priced, for: Shop.Item do
  def price(item), do: item.price
end
`);
    expect(modules.map(({ name, kind }) => [name, kind])).toEqual([
      ["Priced", "protocol"],
      ["Priced.Shop.Item", "implementation"],
    ]);
    expect(modules[0]?.functions[0]?.clauses[0]?.body).toBeNull();
  });

  it("names what a module uses, imports and behaves as", () => {
    const module = moduleOf(`
defmodule Shop.Worker do
  @moduledoc "Sends mail."
  alias Shop.Mail
  use Oban.Worker, queue: :mail
  use ShopWeb, :controller
  import Ecto.Query, only: [from: 2]
  @behaviour Mail.Sender
end
`);
    expect(module.documented).toBe(true);
    expect(module.uses.map((use) => [use.module, use.options && show(use.options)])).toEqual([
      ["Oban.Worker", "[queue: :mail]"],
      ["ShopWeb", ":controller"],
    ]);
    expect(module.imports.map((one) => one.module)).toEqual(["Ecto.Query"]);
    expect(module.behaviours).toEqual(["Shop.Mail.Sender"]);
  });

  it("does not count @moduledoc false as documentation", () => {
    expect(moduleOf("defmodule A do\n  @moduledoc false\nend").documented).toBe(false);
  });

  it("keeps calls of the module body in order, with their blocks", () => {
    const module = moduleOf(`
defmodule Shop.Order do
  schema "orders" do
    field :total, :integer
    belongs_to :user, Shop.User
    timestamps
  end

  plug :load when action in [:show]
end
`);
    expect(module.body.map(show)).toEqual([
      'schema("orders") do (field(:total, :integer); belongs_to(:user, Shop.User); timestamps()) end',
      "plug((:load when (action in [:show])))",
    ]);
  });

  it("keeps a test inside its describe", () => {
    const module = moduleOf(`
defmodule ShopTest do
  describe "orders" do
    @tag :slow
    test "total", %{order: order} do
      assert order.total == 1
    end
  end
end
`);
    expect(module.body.map(show)).toEqual([
      'describe("orders") do (@tag(:slow); test("total", %{:order => order}) do assert((order.total == 1)) end) end',
    ]);
  });

  it("counts definitions and calls under a module-level condition as the module's own", () => {
    const module = moduleOf(`
defmodule Shop.Router do
  if Application.compile_env(:shop, :dev) do
    scope "/dev" do
      get "/mail", MailController, :index
    end

    def dev?, do: true
  end
end
`);
    expect(module.body.map((call) => call.function)).toEqual(["scope"]);
    expect(module.functions.map((one) => one.name)).toEqual(["dev?"]);
    expect(module.expressions.map(show)).toEqual(["Application.compile_env(:shop, :dev)"]);
    const [scope] = module.body;
    const [asked] = module.conditions;
    expect(asked && show(asked.condition)).toBe("Application.compile_env(:shop, :dev)");
    expect(scope && asked && contains(asked.span, scope.span)).toBe(true);
  });

  it("reads attributes with their values but not the types of specifications", () => {
    const module = moduleOf(`
defmodule Shop do
  @limit 10
  @spec total(map) :: integer
  @names ~w(a b)
end
`);
    expect(module.attributes.map(({ name, value }) => [name, value && show(value)])).toEqual([
      ["limit", "10"],
      ["spec", null],
      ["names", "~w(a b)"],
    ]);
  });

  it("finds a module defined under a condition or in a test", () => {
    const { modules } = factsOf("if Code.ensure_loaded?(Oban) do\n  defmodule Shop.Job do\n    def run, do: :ok\n  end\nend");
    expect(modules.map((module) => module.name)).toEqual(["Shop.Job"]);
  });

  it("points at a module's name and at the whole of it", () => {
    const text = "# first\ndefmodule Shop.Cart do\nend\n";
    const [module] = factsOf(text).modules;
    expect(text.slice(module?.nameSpan.start, module?.nameSpan.end)).toBe("Shop.Cart");
    expect(text.slice(module?.span.start, module?.span.end)).toBe("defmodule Shop.Cart do\nend");
  });
});
