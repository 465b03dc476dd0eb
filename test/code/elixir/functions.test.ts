import { describe, expect, it } from "vitest";
import { factsOf, functionOf, moduleOf, show } from "../support.js";

function bodyOf(text: string, name: string): string {
  const body = functionOf(text, name).clauses[0]?.body;
  return body ? show(body) : "none";
}

describe("functions", () => {
  it("joins clauses of one name and arity and keeps other arities apart", () => {
    const module = moduleOf(`
defmodule Shop do
  def price(%{sale: true} = item), do: item.sale_price
  def price(item) when is_map(item), do: item.price
  def price(item, currency), do: {item, currency}
  defp secret, do: 1
end
`);
    expect(module.functions.map((one) => [one.name, one.arity, one.visibility, one.clauses.length])).toEqual([
      ["price", 1, "public", 2],
      ["price", 2, "public", 1],
      ["secret", 0, "private", 1],
    ]);
    const guard = module.functions[0]?.clauses[1]?.guard;
    expect(guard && show(guard)).toBe("is_map(item)");
  });

  it("spans all clauses that follow each other, and each clause by itself", () => {
    const text = "defmodule A do\n  def f(1), do: 1\n  def f(2), do: 2\n  def g, do: 3\nend";
    const f = functionOf(text, "f");
    expect(text.slice(f.span.start, f.span.end)).toBe("def f(1), do: 1\n  def f(2), do: 2");
    expect(f.clauses.map(({ span }) => text.slice(span.start, span.end))).toEqual(["def f(1), do: 1", "def f(2), do: 2"]);
    expect(text.slice(f.nameSpan.start, f.nameSpan.end)).toBe("f");
  });

  it("counts defaults, also those of a head without body", () => {
    const text =
      "defmodule A do\n  def list(query, page \\\\ 1, size \\\\ 20)\n  def list(query, page, size), do: {query, page, size}\nend";
    expect(functionOf(text, "list")).toMatchObject({ arity: 3, defaults: 2 });
    expect(functionOf(text, "list").clauses.map(({ body }) => body && show(body))).toEqual([null, "{query, page, size}"]);
  });

  it("takes @doc and @impl for the next definition alone", () => {
    const module = moduleOf(`
defmodule A do
  @doc "Starts."
  @impl true
  def init(state), do: {:ok, state}
  def other, do: 1
  @doc false
  def hidden, do: 2
end
`);
    expect(module.functions.map((one) => [one.name, one.documented, one.implements])).toEqual([
      ["init", true, true],
      ["other", false, false],
      ["hidden", false, false],
    ]);
  });

  it("resolves what a defdelegate points to", () => {
    const text =
      "defmodule A do\n  alias B.Store\n  defdelegate fetch(id), to: Store, as: :get\n  defdelegate put(id, value), to: Store\nend";
    expect(functionOf(text, "fetch").delegatesTo).toEqual({ module: "B.Store", function: "get" });
    expect(functionOf(text, "put").delegatesTo).toEqual({ module: "B.Store", function: "put" });
  });

  it("makes a body with its own rescue a try", () => {
    const text = "defmodule A do\n  def f(x) do\n    run(x)\n  rescue\n    e in [ArgumentError] -> e\n  after\n    close()\n  end\nend";
    expect(bodyOf(text, "f")).toBe("try {do  -> run(x); rescue (e in [ArgumentError]) -> e; after  -> close()}");
  });

  it("knows macros, guards and operators", () => {
    const module = moduleOf(`
defmodule A do
  defmacro __using__(_), do: nil
  defguardp is_big(x) when x > 10
  def left <~> right, do: {left, right}
end
`);
    expect(module.functions.map((one) => [one.name, one.arity, one.kind, one.visibility])).toEqual([
      ["__using__", 1, "macro", "public"],
      ["is_big", 1, "macro", "private"],
      ["<~>", 2, "function", "public"],
    ]);
  });

  it("keeps what __using__ quotes as the macro's body, not as functions of the module", () => {
    const text = `
defmodule ShopWeb do
  def controller do
    quote do
      use Phoenix.Controller, namespace: ShopWeb
      import ShopWeb.Gettext
      alias ShopWeb.Router.Helpers, as: Routes
      def version, do: __MODULE__
    end
  end

  defmacro __using__(which), do: apply(__MODULE__, which, [])
end
`;
    expect(moduleOf(text).functions.map((one) => one.name)).toEqual(["controller", "__using__"]);
    expect(bodyOf(text, "controller")).toBe(
      "quote() do (use(Phoenix.Controller, [namespace: ShopWeb]); import(ShopWeb.Gettext); " +
        "alias(ShopWeb.Router.Helpers, [as: Routes]); def(version) do __MODULE__ end) end",
    );
    expect(bodyOf(text, "__using__")).toBe("apply(ShopWeb, which, [])");
  });

  it("leaves a computed name in the module body, where its code can still be seen", () => {
    const module = moduleOf("defmodule A do\n  for name <- [:a] do\n    def unquote(name)(x), do: Repo.get(x)\n  end\nend");
    expect(module.functions).toEqual([]);
    expect(module.body.map(show)).toEqual(["def(unquote(name).(x)) do Repo.get(x) end"]);
  });

  it("finds a function defined inside a macro's block", () => {
    const module = moduleOf("defmodule A do\n  Enum.each([1], fn _ -> def found(x), do: x end)\nend");
    expect(module.functions.map((one) => `${one.name}/${one.arity}`)).toEqual(["found/1"]);
  });

  it("gives each file's functions in the order they are written", () => {
    const { modules } = factsOf("defmodule A do\n  def b, do: 1\n  def a, do: 2\n  def b(x), do: x\nend");
    expect(modules[0]?.functions.map((one) => `${one.name}/${one.arity}`)).toEqual(["b/0", "a/0", "b/1"]);
  });
});
