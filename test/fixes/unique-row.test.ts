import { describe, expect, it } from "vitest";
import { proposePatches } from "../../src/fixes/propose.js";
import { analysisOf, parse, shop } from "../support/consultation.js";

const files = (more: string, index: string): Readonly<Record<string, string>> => ({
  ...shop,
  "lib/shop/coupon.ex": `defmodule Shop.Coupon do
  use Ecto.Schema
  import Ecto.Changeset

  schema "coupons" do
    field :code, :string
    field :percent, :integer
  end

  def changeset(coupon, attributes) do
    coupon
    |> cast(attributes, [:code, :percent])
    |> validate_required([:code, :percent])
    |> unique_constraint(:code)${more}
  end
end
`,
  "lib/shop/coupons.ex": `defmodule Shop.Coupons do
  alias Shop.{Coupon, Repo}

  def create(attributes), do: %Coupon{} |> Coupon.changeset(attributes) |> Repo.insert()
  def withdraw(coupon), do: Repo.delete!(coupon)
end
`,
  "lib/shop/campaign.ex": `defmodule Shop.Campaign do
  def start(code), do: Shop.Coupons.create(%{code: code, percent: 10})
end
`,
  "priv/repo/migrations/20260103000000_create_coupons.exs": `defmodule Shop.Repo.Migrations.CreateCoupons do
  use Ecto.Migration

  def change do
    create table(:coupons) do
      add :code, :string, null: false
      add :percent, :integer, null: false
    end

    ${index}
  end
end
`,
  "test/support/data_case.ex": "defmodule Shop.DataCase do\n  use ExUnit.CaseTemplate\nend\n",
  "test/shop/orders_test.exs": `defmodule Shop.OrdersTest do
  use Shop.DataCase, async: true

  test "get_order!/1" do
    assert Shop.Orders.get_order!(1)
  end
end
`,
});

async function testsFor(given: Readonly<Record<string, string>>): Promise<string> {
  const analysis = await analysisOf(given);
  const findings = analysis.audit.findings.filter(
    ({ rule, slots }) => rule === "module-without-tests" && slots["module"] === "Shop.Coupons",
  );
  return proposePatches(analysis, findings, parse)[0]?.after ?? "";
}

it("runs beside others only where the project's tests do", async () => {
  const given = files("", "create unique_index(:coupons, [:code])");
  expect(await testsFor(given)).toContain("  use Shop.DataCase, async: true\n");
  const inTurn = { ...given, "test/shop/orders_test.exs": (given["test/shop/orders_test.exs"] ?? "").replace(", async: true", "") };
  expect(await testsFor(inTurn)).toContain("  use Shop.DataCase\n");
});

describe("a generated test of a function that creates rows", () => {
  it("makes an equal row twice, where plain values satisfy changeset and database", async () => {
    expect(await testsFor(files("", "create unique_index(:coupons, [:code])")))
      .toContain(`  test "create/1 answers a second equal row with an error of code" do
    attributes = %{code: "a", percent: 1}
    assert {:ok, _} = Coupons.create(attributes)
    assert {:error, changeset} = Coupons.create(attributes)
    assert changeset.errors[:code]
  end
`);
  });

  it.each([
    ["the changeset checks more", "\n    |> validate_length(:code, min: 5)", "create unique_index(:coupons, [:code])"],
    ["the database has no such index", "", "create index(:coupons, [:code])"],
  ])("does not where %s", async (_name, more, index) => {
    const written = await testsFor(files(more, index));
    expect(written).toContain("refuses attributes without the required fields");
    expect(written).not.toContain("second equal row");
  });
});
