import { describe, expect, it } from "vitest";
import type { Patch } from "../../src/model/patch.js";
import { proposePatches } from "../../src/fixes/propose.js";
import { analysisOf, parse, shop } from "../support/consultation.js";

async function patchesFor(body: string, rule: string): Promise<Patch[]> {
  const analysis = await analysisOf({
    ...shop,
    "lib/shop/books.ex": `defmodule Shop.Books do\n  import Ecto.Query\n  alias Shop.{Order, Repo}\n\n${body}\nend\n`,
  });
  return proposePatches(
    analysis,
    analysis.audit.findings.filter((finding) => finding.rule === rule),
    parse,
  );
}

describe("rows that are loaded to be counted", () => {
  it("are counted by the database, in a pipe and around a query", async () => {
    const [piped, nested] = await patchesFor(
      `  def mine(user), do: Order |> where(user_id: ^user.id) |> Repo.all() |> Enum.count()\n\n  def paid(user), do: length(Repo.all(from o in Order, where: o.user_id == ^user.id))`,
      "load-then-reduce",
    );
    expect(piped?.after).toContain("Order |> where(user_id: ^user.id) |> Repo.aggregate(:count)");
    expect(nested?.after).toContain("def paid(user), do: Repo.aggregate(from(o in Order, where: o.user_id == ^user.id), :count)");
    expect([piped, nested].map((patch) => patch?.proof.findingGone.answer)).toEqual(["yes", "yes"]);
  });

  it("stay where the load has options of its own", async () => {
    expect(
      await patchesFor(`  def paid(user), do: length(Repo.all(where(Order, user_id: ^user.id), timeout: 100))`, "load-then-reduce"),
    ).toEqual([]);
  });
});

describe("an error that a transaction commits", () => {
  it("rolls back", async () => {
    const [patch] = await patchesFor(
      `  def place(order, stock) do\n    Repo.transaction(fn ->\n      order = Repo.insert!(order)\n\n      case stock do\n        0 -> {:error, :sold_out}\n        _ -> order\n      end\n    end)\n  end`,
      "transaction-commits-error",
    );
    expect(patch?.after).toContain("0 -> Repo.rollback(:sold_out)");
    expect(patch?.proof).toMatchObject({ findingGone: { answer: "yes" }, noNewFinding: { answer: "yes" } });
  });
});
