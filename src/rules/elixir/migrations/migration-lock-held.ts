import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { atomOf, booleanOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { freshMigrations, tableInUse } from "../../shared/fresh-migrations.js";
import { growingTables } from "../../shared/growing.js";
import { matchesInFile, together } from "../../shared/located.js";

type Slots = { index: string };

export const migrationLockHeld = defineRule<Slots>({
  id: "migration-lock-held",
  title: "A concurrent index while the lock on migrations is held",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "low",
  cwe: ["CWE-667"],
  silencedBy: {},
  fix: "build-index-concurrently",
  where: freshMigrations,
  match: matchesIn,
  what: ({ index }) =>
    `\`${index}\` is built concurrently outside the migration's transaction, and Ecto still holds its lock on \`schema_migrations\` in a transaction of its own.`,
  why: () =>
    "A concurrent index waits for every transaction that is older than it; while it is built, for hours on a large table, every other node that starts and migrates waits for the lock or gives up after its timeout.",
  instead: () =>
    "Set `@disable_migration_lock true` beside `@disable_ddl_transaction true`, or configure the repository with `migration_lock: :pg_advisory_lock`.",
  notWhen: [
    "`@disable_migration_lock true` is set, or the migration uses another module besides `Ecto.Migration`, which may set it.",
    "The configuration names a `migration_lock` for a repository.",
    "The migration runs in a transaction (another rule tells of that), or is more than three months older than the newest.",
    "The database is not PostgreSQL.",
    "The table does not grow with what people bring, is new, or the migration is not of the newest release (then it is `possible`): the index is there soon.",
  ],
  examples: [
    {
      bad: migration("  @disable_ddl_transaction true\n"),
      at: "create index(:orders, [:placed_at], concurrently: true)",
      good: migration("  @disable_ddl_transaction true\n  @disable_migration_lock true\n"),
    },
  ],
});

function migration(attributes: string): Record<string, string> {
  return {
    "lib/shop/order.ex":
      'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :placed_at, :utc_datetime\n  end\nend\n',
    "priv/repo/migrations/20240101000000_create_orders.exs":
      "defmodule Shop.Repo.Migrations.CreateOrders do\n  use Ecto.Migration\n\n  def change do\n    create table(:orders) do\n      add :placed_at, :utc_datetime\n    end\n  end\nend\n",
    "priv/repo/migrations/20240601000000_index_orders.exs": `defmodule Shop.Repo.Migrations.IndexOrders do\n  use Ecto.Migration\n\n${attributes}\n  def change do\n    create index(:orders, [:placed_at], concurrently: true)\n  end\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null || migration.inTransaction || choosesLock(project)) return [];
  const { modules } = migration;
  if (
    modules.some(({ attributes }) => attributes.some(({ name, value }) => name === "disable_migration_lock" && booleanOf(value) === true))
  )
    return [];
  if (modules.some((module) => module.uses.some((reference) => reference.module !== "Ecto.Migration"))) return [];
  const built = migration.steps.flatMap((step) => {
    const { change } = step;
    if (change.kind !== "create_index" || !change.index.concurrently) return [];
    const table = tableInUse(step, migration);
    const takesLong = migration.isNewest && table !== null && growingTables(project).has(table.name);
    const confidence = takesLong ? ("likely" as const) : ("possible" as const);
    return [{ at: change.index, confidence, slots: { index: change.index.name }, evidence: [] }];
  });
  return together(matchesInFile(built, facts), facts, "and here");
}

/** `config :shop, Shop.Repo, migration_lock: :pg_advisory_lock`. */
function choosesLock({ configuration }: Project): boolean {
  return configuration.some(({ key, value }) => key === "migration_lock" || atomOf(optionOf(value, "migration_lock")) !== null);
}
