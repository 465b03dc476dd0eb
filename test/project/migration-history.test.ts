import { describe, expect, test } from "vitest";
import type { Facts } from "../../src/model/facts.js";
import type { Project } from "../../src/model/project.js";
import { historyOf } from "../../src/project/database/history.js";
import { rollbackOf } from "../../src/project/database/rollback.js";
import { projectFrom } from "../support/project.js";

const first = "priv/repo/migrations/20240101000000_first.exs";
const second = "priv/repo/migrations/20240201000000_second.exs";

function shop(body: string): Project {
  return projectFrom({
    [first]: `defmodule First do\n  use Ecto.Migration\n\n  def change do\n    create table(:users) do\n      add :age, :integer\n    end\n\n    create constraint(:users, :grown, check: "age > 17")\n    create index(:users, [:age])\n  end\nend\n`,
    [second]: `defmodule Second do\n  use Ecto.Migration\n\n${body}\nend\n`,
  });
}

describe("the history of a database", () => {
  test("tells the migrations in order, and what each step finds there", () => {
    const history = historyOf(shop("  def change do\n    alter table(:users) do\n      modify :age, :bigint\n    end\n  end").database);
    expect(history.map(({ version, path }) => [version, path])).toEqual([
      [20240101000000n, first],
      [20240201000000n, second],
    ]);
    const [step] = history[1]?.steps ?? [];
    expect(step?.change).toMatchObject({ kind: "modify_column", name: "age" });
    expect(step?.before).toMatchObject({
      name: "users",
      createdAt: { path: first },
      column: { name: "age", type: "integer" },
      constraints: [{ name: "grown", validated: true }],
    });
  });

  test("finds the table of an index that SQL drops by its name", () => {
    const [step] = historyOf(shop(`  def change, do: execute("DROP INDEX CONCURRENTLY users_age_index", "")`).database)[1]?.steps ?? [];
    expect(step?.change).toMatchObject({ kind: "drop_index", concurrently: true, at: { path: second } });
    expect(step?.before?.name).toBe("users");
  });

  test("knows nothing of a table whose making was not seen but that it is there from then on", () => {
    const steps = historyOf(
      shop("  def change do\n    create index(:jobs, [:state])\n    create index(:jobs, [:queue])\n  end").database,
    ).flatMap((migration) => (migration.path === second ? migration.steps : []));
    expect(steps.map(({ before }) => before)).toEqual([null, { name: "jobs", createdAt: null, column: null, constraints: [] }]);
  });

  test("tells what a rollback does apart from it", () => {
    const project = shop(
      "  def up do\n    create index(:users, [:id])\n  end\n\n  def down do\n    alter table(:users) do\n      remove :age\n    end\n  end",
    );
    const facts = project.files.get(second) as Facts;
    expect(rollbackOf(project, facts)).toMatchObject([{ kind: "remove_column", table: "users", name: "age", at: { path: second } }]);
    expect(historyOf(project.database)[1]?.steps.map(({ change }) => change.kind)).toEqual(["create_index"]);
  });
});
