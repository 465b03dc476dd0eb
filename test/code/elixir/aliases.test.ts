import { describe, expect, it } from "vitest";
import { functionOf, moduleOf, outline, show } from "../support.js";

function calls(directives: string, body: string): string {
  const text = `defmodule Shop.Cart do\n  ${directives}\n  def run(x) do\n    ${body}\n  end\nend`;
  const written = functionOf(text, "run").clauses[0]?.body;
  return written ? show(written) : "";
}

describe("aliases", () => {
  it("resolves a plain alias, a renamed one and several at once", () => {
    expect(calls("alias Shop.Repo", "Repo.all(x)")).toBe("Shop.Repo.all(x)");
    expect(calls("alias Shop.Repo, as: Store", "Store.all(x)")).toBe("Shop.Repo.all(x)");
    expect(calls("alias Shop.{Repo, Accounts.User}", "Repo.get(User, x)")).toBe("Shop.Repo.get(Shop.Accounts.User, x)");
  });

  it("resolves below an aliased name", () => {
    expect(calls("alias Shop.Accounts", "Accounts.User.new(x)")).toBe("Shop.Accounts.User.new(x)");
  });

  it("resolves an alias of an alias, and __MODULE__", () => {
    expect(calls("alias Shop.Accounts\n  alias Accounts.User", "User.new(x)")).toBe("Shop.Accounts.User.new(x)");
    expect(calls("alias __MODULE__.Line", "{__MODULE__, Line, %__MODULE__{}, __MODULE__.Line.new()}")).toBe(
      "{Shop.Cart, Shop.Cart.Line, %Shop.Cart{}, Shop.Cart.Line.new()}",
    );
  });

  it("leaves names that no alias stands for, and Erlang's, as they are", () => {
    expect(calls("", "Enum.map(x, :ets.new(:t, []))")).toBe("Enum.map(x, :ets.new(:t, []))");
    expect(calls("alias Shop.Enum", "Elixir.Enum.map(x)")).toBe("Enum.map(x)");
  });

  it("resolves struct names in patterns and values", () => {
    expect(calls("alias Shop.User", "%User{name: x} = %User{}")).toBe("%Shop.User{:name => x} = %Shop.User{}");
  });

  it("ends an alias with the block that made it", () => {
    expect(calls("", "if x do\n      alias Shop.Repo\n      Repo.one(x)\n    end\n    Repo.one(x)")).toBe(
      "(if x {do  -> (alias(Shop.Repo); Shop.Repo.one(x))}; Repo.one(x))",
    );
  });

  it("lists a module's aliases", () => {
    expect(moduleOf("defmodule A do\n  alias B.{C, D.E}\n  require F, as: G\nend").aliases).toEqual([
      { short: "C", name: "B.C" },
      { short: "E", name: "B.D.E" },
      { short: "G", name: "F" },
    ]);
  });

  it("applies to scripts as well", () => {
    expect(outline("alias Shop.Repo\nRepo.all(x)")).toBe("alias(Shop.Repo)\nShop.Repo.all(x)");
  });
});
