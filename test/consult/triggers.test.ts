import { describe, expect, it } from "vitest";
import { thresholdsReached } from "../../src/consult/triggers.js";
import { consultationAbout, shop } from "../support/consultation.js";

async function reached(files: Readonly<Record<string, string>>, path: string): Promise<string> {
  return thresholdsReached(await consultationAbout({ ...shop, ...files }, { paths: [path] })).join("\n");
}

describe("the thresholds of a review", () => {
  it("tell personal data by the fields of a schema", async () => {
    const schema =
      'defmodule Shop.Person do\n  use Ecto.Schema\n\n  schema "people" do\n    field :email, :string\n    field :age, :integer\n  end\nend\n';
    expect(await reached({ "lib/shop/person.ex": schema }, "lib/shop/person.ex")).toContain(
      "personal or financial data: `email` (threshold 1)",
    );
  });

  it("tell authentication by the module's name", async () => {
    const policy = "defmodule Shop.OrderPolicy do\n  def may?(_user), do: true\nend\n";
    expect(await reached({ "lib/shop/policy.ex": policy }, "lib/shop/policy.ex")).toContain("`Shop.OrderPolicy` (threshold 1)");
  });

  it("tell a third party by what a call does in the end", async () => {
    const client = 'defmodule Shop.Rates do\n  def today, do: fetch()\n  defp fetch, do: Req.get!("https://rates.example.com")\nend\n';
    expect(await reached({ "lib/shop/rates.ex": client }, "lib/shop/rates.ex")).toContain("a third party is called: `Shop.Rates.today/0`");
  });

  it("count branches in the function that has most", async () => {
    const clauses = Array.from({ length: 9 }, (_, index) => `  def name(${index}), do: "${index}"`).join("\n");
    expect(await reached({ "lib/shop/names.ex": `defmodule Shop.Names do\n${clauses}\nend\n` }, "lib/shop/names.ex")).toContain(
      "8 branches in `Shop.Names.name/1` (threshold 8)",
    );
  });

  it("count untested functions only where the project has tests, and leave out what tests reach by other ways", async () => {
    const test = 'defmodule Shop.MoneyTest do\n  use ExUnit.Case\n  test "label" do\n    assert Shop.Money.label(:eur)\n  end\nend\n';
    expect(await reached({}, "lib/shop/orders.ex")).not.toContain("untested");
    expect(await reached({ "test/money_test.exs": test }, "lib/shop/orders.ex")).toContain(
      "2 of 2 public functions are called by no test directly, 100 %",
    );
    expect(await reached({ "test/money_test.exs": test }, "lib/shop/clean.ex")).not.toContain("untested");
    expect(await reached({ "test/money_test.exs": test }, "lib/shop/search.ex")).not.toContain("untested");
  });

  it("stay silent about plain code", async () => {
    expect(await reached({}, "lib/shop/clean.ex")).toBe("");
  });
});
