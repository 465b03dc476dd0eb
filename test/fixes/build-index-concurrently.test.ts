import { describe, expect, it } from "vitest";
import type { Patch } from "../../src/model/patch.js";
import { proposePatches } from "../../src/fixes/propose.js";
import { analysisOf, parse } from "../support/consultation.js";

const path = "priv/repo/migrations/20240601000000_index_orders.exs";

async function patchFor(head: string, body: string): Promise<Patch | undefined> {
  const analysis = await analysisOf({
    "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n  end\nend\n`,
    "priv/repo/migrations/20230101000000_create_orders.exs": `defmodule Shop.Repo.Migrations.CreateOrders do\n  use Ecto.Migration\n\n  def change do\n    create table(:orders) do\n      add :user_id, :bigint\n    end\n  end\nend\n`,
    [path]: `defmodule Shop.Repo.Migrations.IndexOrders do\n  use Ecto.Migration\n${head}\n${body}end\n`,
  });
  const findings = analysis.audit.findings.filter((finding) =>
    /^(index-blocks-writes|concurrent-index-in-transaction)$/.test(finding.rule),
  );
  expect(findings).not.toEqual([]);
  return proposePatches(analysis, findings, parse)[0];
}

const change = (statements: string): string => `  def change do\n${statements}  end\n`;

describe("an index that blocks its table", () => {
  it("becomes concurrent, outside the transaction", async () => {
    const patch = await patchFor("", change("    create index(:orders, [:user_id])\n"));
    expect(patch).toMatchObject({ path, kind: "implementation" });
    expect(patch?.after).toBe(
      `defmodule Shop.Repo.Migrations.IndexOrders do\n  use Ecto.Migration\n\n  @disable_ddl_transaction true\n  @disable_migration_lock true\n\n${change("    create index(:orders, [:user_id], concurrently: true)\n")}end\n`,
    );
    expect(patch?.proof).toMatchObject({ findingGone: { answer: "yes" }, noNewFinding: { answer: "yes" } });
  });

  it("is mended on the way back too, beside what is set already", async () => {
    const patch = await patchFor(
      "\n  @disable_ddl_transaction true\n",
      `  def up do\n    create index(:orders, [:user_id], name: :by_user, concurrently: true)\n  end\n\n  def down do\n    drop index(:orders, [:user_id], name: :by_user)\n  end\n`,
    );
    expect(patch?.after).toContain("  @disable_ddl_transaction true\n  @disable_migration_lock true\n\n  def up");
    expect(patch?.after).toContain("drop index(:orders, [:user_id], name: :by_user, concurrently: true)");
    expect(patch?.after.match(/concurrently: true/g)).toHaveLength(2);
  });

  it("gets the attributes it lacks where it is concurrent already", async () => {
    const patch = await patchFor("", change("    create index(:orders, [:user_id], concurrently: true)\n"));
    expect(patch?.after).toContain(
      "  use Ecto.Migration\n\n  @disable_ddl_transaction true\n  @disable_migration_lock true\n\n  def change",
    );
  });

  it.each([
    ["the migration does more", change("    create index(:orders, [:user_id])\n    create index(:orders, [:id, :user_id])\n")],
    ["it is made by SQL", change(`    execute "CREATE INDEX by_user ON orders (user_id)", "DROP INDEX by_user"\n`)],
  ])("is left to a person when %s", async (_name, body) => {
    expect(await patchFor("", body)).toBeUndefined();
  });
});
