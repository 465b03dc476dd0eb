import type { Facts } from "../../../model/facts.js";
import type { Index, Project } from "../../../model/project.js";
import type { Step } from "../../../project/database/history.js";
import { rollbackOf } from "../../../project/database/rollback.js";
import { defineRule, type Match } from "../../define.js";
import { freshMigrations, tableInUse, type FreshMigration } from "../../shared/fresh-migrations.js";
import { buildsConcurrently } from "../../shared/index-practice.js";
import { growingTables } from "../../shared/growing.js";
import { matchesInFile, together, type Located } from "../../shared/located.js";

type Slots = { verb: string; table: string; columns: string; lock: string; others: string; instead: string };

export const indexBlocksWrites = defineRule<Slots>({
  id: "index-blocks-writes",
  title: "An index is built or dropped in a way that blocks its table",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "medium",
  cwe: ["CWE-667"],
  silencedBy: {},
  fix: "build-index-concurrently",
  where: freshMigrations,
  match: matchesIn,
  what: ({ verb, table, columns }) =>
    `This ${verb} an index${columns} of \`${table}\`, a table of earlier releases, without \`concurrently: true\`.`,
  why: ({ table, lock, others }) => `${lock.replace("TABLE", `\`${table}\``)}${others}`,
  instead: ({ instead }) => instead,
  notWhen: [
    "The table is made in the same migration or less than a month before it, or its name or a comment of the migration says that it has few rows.",
    "The migration is more than three months older than the newest of the project: it has run. More than one month: `possible`.",
    "No index of the project is built concurrently and the table does not grow with people or organisations (then it is `possible`).",
    "An index is only dropped, and neither its making nor the team's other migrations are concurrent (then it is `possible`).",
    "The database is not PostgreSQL.",
  ],
  examples: [
    {
      bad: withMigration(`  def change do\n    create index(:orders, [:placed_at])\n  end`),
      at: "create index(:orders, [:placed_at])",
      good: withMigration(
        `  @disable_ddl_transaction true\n  @disable_migration_lock true\n\n  def change do\n    create index(:orders, [:placed_at], concurrently: true)\n  end`,
      ),
    },
  ],
});

function withMigration(body: string): Record<string, string> {
  return {
    "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    field :placed_at, :utc_datetime\n    belongs_to :user, Shop.User\n  end\nend\n`,
    "priv/repo/migrations/20240101000000_create_orders.exs": `defmodule Shop.Repo.Migrations.CreateOrders do\n  use Ecto.Migration\n\n  def change do\n    create table(:orders) do\n      add :placed_at, :utc_datetime\n      add :user_id, :bigint\n    end\n  end\nend\n`,
    "priv/repo/migrations/20240601000000_index_orders.exs": `defmodule Shop.Repo.Migrations.IndexOrders do\n  use Ecto.Migration\n\n${body}\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null) return [];
  const onTheWay = [
    migration.steps.flatMap((step) => built(step, migration, project)),
    migration.steps.flatMap((step) => dropped(step, migration, project)),
    droppedOnRollback(facts, migration, project),
  ];
  return onTheWay.flatMap((found) => together(matchesInFile(found, facts), facts, "and here"));
}

type Found = Located<Slots>;

function built({ change, ...step }: Step, migration: FreshMigration, project: Project): Found[] {
  const table = change.kind === "create_index" && !change.index.concurrently ? tableInUse({ change, ...step }, migration) : null;
  if (change.kind !== "create_index" || table === null) return [];
  const practised = buildsConcurrently(project);
  const shown = migration.isNewest && (practised || growingTables(project).has(table.name));
  return [
    {
      at: change.index,
      confidence: shown ? "likely" : "possible",
      severity: practised ? "medium" : "low",
      slots: {
        verb: "builds",
        table: table.name,
        columns: columnsOf(change.index),
        lock: "PostgreSQL lets nobody write to TABLE until the index is built, which takes as long as reading the whole table",
        others: migration.inTransaction && migration.steps.length > 1 ? ", and then until the last step of the migration is done." : ".",
        instead: concurrently("`concurrently: true`", migration.steps.length > 1),
      },
      evidence: table.createdAt === null ? [] : [{ at: table.createdAt, note: `${table.name} is made here` }],
    },
  ];
}

function dropped({ change, ...step }: Step, migration: FreshMigration, project: Project): Found[] {
  const table = change.kind === "drop_index" && !change.concurrently ? tableInUse({ change, ...step }, migration) : null;
  if (change.kind !== "drop_index" || table === null) return [];
  return [
    {
      at: change.at,
      confidence: migration.isNewest && buildsConcurrently(project) ? "likely" : "possible",
      severity: "low",
      slots: dropSlots(table.name, migration),
      evidence: [],
    },
  ];
}

/** What is built concurrently and dropped with a lock: the author knew, and forgot the way back. */
function droppedOnRollback(facts: Facts, migration: FreshMigration, project: Project): Found[] {
  const built = migration.steps.flatMap(({ change }) => (change.kind === "create_index" && change.index.concurrently ? [change] : []));
  if (built.length === 0) return [];
  return rollbackOf(project, facts).flatMap((change): Found[] => {
    const made = change.kind === "drop_index" && !change.concurrently ? built.find(({ index }) => index.name === change.name) : undefined;
    if (change.kind !== "drop_index" || made === undefined) return [];
    return [
      {
        at: change.at,
        confidence: migration.isNewest ? "likely" : "possible",
        severity: "low",
        slots: dropSlots(made.table, migration),
        evidence: [{ at: made.index, note: "built concurrently here" }],
      },
    ];
  });
}

function dropSlots(table: string, migration: FreshMigration): Slots {
  return {
    verb: "drops",
    table,
    columns: "",
    lock: "Dropping an index locks TABLE against reads and writes: it waits for every transaction that uses the table, and everything that comes after waits behind it",
    others: migration.inTransaction ? ", until the migration is done." : ".",
    instead: concurrently("`drop index(…, concurrently: true)`", migration.steps.length > 1),
  };
}

function columnsOf({ columns }: Index): string {
  return columns.length === 0 ? "" : ` on ${columns.map((column) => `\`${column}\``).join(", ")}`;
}

function concurrently(how: string, hasMore: boolean): string {
  const alone = hasMore ? " in a migration of its own" : "";
  return `Write ${how}${alone}, with \`@disable_ddl_transaction true\` and \`@disable_migration_lock true\` above it, since PostgreSQL refuses it inside a transaction.`;
}
