import { expect, test } from "vitest";
import { consultationAbout, shop } from "../support/consultation.js";

const files = {
  ...shop,
  "lib/shop/accounts.ex": `defmodule Shop.Accounts do
  alias Shop.{Repo, User}

  def owner_name(order) do
    Repo.get!(User, order.user_id).name
  end

  def rename(user, name), do: Repo.update!(Ecto.Changeset.change(user, name: name))
end
`,
  "lib/shop/invoices.ex": `defmodule Shop.Invoices do
  alias Shop.{Order, Repo}

  def place(order), do: Repo.insert!(order)
  def cancel(order), do: Repo.delete!(order)
  def all, do: Repo.all(Order)
end
`,
  "lib/shop/export.ex": `defmodule Shop.Export do
  def lines(orders) do
    Shop.Invoices.place(hd(orders))
    Enum.map(orders, fn order -> Shop.Accounts.owner_name(order) end)
  end
end
`,
  "test/shop/accounts_test.exs": `defmodule Shop.AccountsTest do
  use ExUnit.Case

  test "names and renames" do
    assert Shop.Accounts.owner_name(%{user_id: 1})
    assert Shop.Accounts.rename(%Shop.User{}, "Ana")
  end
end
`,
};

async function found(path: string): Promise<readonly string[]> {
  const { findings } = await consultationAbout(files, { paths: [path] });
  return findings.map(({ rule, place }) => `${rule} ${place.path}:${place.line}`);
}

const loop = "query-per-element lib/shop/export.ex:4";
const untested = "module-without-tests lib/shop/invoices.ex:1";

test("whoever reviews the query at the end of a call chain is told of the loop that calls it in another file", async () => {
  expect(await found("lib/shop/export.ex")).toContain(loop);
  expect(await found("lib/shop/accounts.ex")).toContain(loop);
});

test("whoever reviews code that another is only compared with is not told of the other", async () => {
  const { findings } = await consultationAbout(files, { paths: ["lib/shop/invoices.ex"] });
  const compared = findings.find(({ rule }) => rule === "module-without-tests")?.evidence.map(({ place }) => place.path);
  expect(compared).toContain("lib/shop/accounts.ex");
  expect(await found("lib/shop/invoices.ex")).toContain(untested);
  expect(await found("lib/shop/accounts.ex")).not.toContain(untested);
});
