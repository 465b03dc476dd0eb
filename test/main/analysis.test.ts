import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";
import { analyse } from "../../src/app/analyse.js";
import { createServingAnalysis } from "../../src/main/analysis.js";
import type { Analysis } from "../../src/model/audit.js";
import { loadData } from "../../src/shell/data/data.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { parse, treeOf } from "../support/analysis.js";

const { effects: vocabulary, checklist } = loadData(packageRoot(), ["effects", "checklist"]);

function migration(name: string, change: string): string {
  return `defmodule Shop.Repo.Migrations.${name} do\n  use Ecto.Migration\n\n  def change do\n    ${change}\n  end\nend\n`;
}

const first = "priv/repo/migrations/20240101000000_create_lines.exs";

function files(later: string) {
  return {
    "lib/shop/line.ex": 'defmodule Shop.Line do\n  use Ecto.Schema\n\n  schema "lines" do\n    belongs_to :order, Shop.Order\n  end\nend\n',
    [first]: migration("CreateLines", "create table(:lines) do\n      add :order_id, references(:orders)\n    end"),
    "priv/repo/migrations/20240102000000_later.exs": migration("Later", later),
  };
}

function unindexed({ audit }: Analysis): string[] {
  return audit.findings.filter(({ rule }) => rule === "foreign-key-without-index").map(({ place }) => place.path);
}

test("a running bot answers a second question from the facts it holds, and a changed migration still changes what is found elsewhere", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "guard-serving-"));
  const serving = createServingAnalysis({ dataDirectory, parse, data: { vocabulary, checklist }, warn: () => undefined });
  const bare = files("create index(:lines, [:inserted_at])");
  const cold = await analyse(treeOf(bare), serving.ports);
  const stored = new SqliteDatabase(join(dataDirectory, "facts.sqlite"));
  expect(stored.prepare("delete from facts").run().changes).toBe(3);
  stored.close();
  const warm = await analyse(treeOf(bare), serving.ports);
  const indexed = await analyse(treeOf(files("create index(:lines, [:order_id])")), serving.ports);
  const again = await analyse(treeOf(bare), serving.ports);
  await serving.close();
  expect([cold, warm, indexed, again].map(({ audit }) => audit.timing.cachedFiles)).toEqual([0, 3, 2, 3]);
  expect([cold, warm, indexed, again].map(unindexed)).toEqual([[first], [first], [], [first]]);
  expect(warm.audit.findings).toEqual(cold.audit.findings);
});
