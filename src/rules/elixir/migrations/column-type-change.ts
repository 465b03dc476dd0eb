import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import type { Step } from "../../../project/database/history.js";
import { defineRule, type Match } from "../../define.js";
import { rewrites } from "../../shared/column-types.js";
import { freshMigrations, tableInUse, type FreshMigration } from "../../shared/fresh-migrations.js";
import { growingTables } from "../../shared/growing.js";
import { matchesInFile, together, type Located } from "../../shared/located.js";

type Slots = { table: string; column: string; from: string; to: string };

export const columnTypeChange = defineRule<Slots>({
  id: "column-type-change",
  title: "A column in use gets another type",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "medium",
  cwe: ["CWE-667"],
  silencedBy: {},
  where: freshMigrations,
  match: matchesIn,
  what: ({ table, column, from, to }) =>
    `This changes \`${table}.${column}\` from \`${from}\` to \`${to}\`, on a table of earlier releases.`,
  why: ({ table }) =>
    `PostgreSQL writes every row of \`${table}\` and each of its indexes anew and lets nobody read or write the table meanwhile, and the code that is still running goes on sending the old type.`,
  instead: ({ table, column }) =>
    `Add a column of the new type, write both, fill the old rows in batches, read the new one, and drop \`${column}\` in a later release; on a \`${table}\` of few rows say so in the migration.`,
  notWhen: [
    "The table is made in the same migration or less than a month before it, or its name or a comment of the migration says that it has few rows.",
    "PostgreSQL keeps the rows as they are: `string` to `text`, a longer `string`, `naive_datetime` to `utc_datetime`, more precise times.",
    "The type before or the type after is not known.",
    "The migration is more than three months older than the newest of the project: it has run. More than one month: `possible`.",
    "The table does not grow with people or organisations (then it is `possible`).",
    "The database is not PostgreSQL.",
  ],
  examples: [
    {
      bad: changing("modify :number, :bigint, from: :integer"),
      at: "modify :number, :bigint, from: :integer",
      good: changing("add :long_number, :bigint"),
    },
  ],
});

function changing(line: string): Record<string, string> {
  return {
    "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    field :number, :integer\n    belongs_to :user, Shop.User\n  end\nend\n`,
    "priv/repo/migrations/20240101000000_create_orders.exs": `defmodule Shop.Repo.Migrations.CreateOrders do\n  use Ecto.Migration\n\n  def change do\n    create table(:orders) do\n      add :number, :integer\n      add :user_id, :bigint\n    end\n  end\nend\n`,
    "priv/repo/migrations/20240601000000_widen_order_numbers.exs": `defmodule Shop.Repo.Migrations.WidenOrderNumbers do\n  use Ecto.Migration\n\n  def change do\n    alter table(:orders) do\n      ${line}\n    end\n  end\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null) return [];
  const found = migration.steps.flatMap((step) => changed(step, migration, project));
  return together(matchesInFile(found, facts), facts, "and here");
}

function changed(step: Step, migration: FreshMigration, project: Project): Located<Slots>[] {
  const { change } = step;
  const table = change.kind === "modify_column" ? tableInUse(step, migration) : null;
  const column = table?.column ?? null;
  if (change.kind !== "modify_column" || table === null || column === null || column.path === migration.path) return [];
  const to = change.change.type;
  if (to === undefined || change.change.references !== undefined || rewrites(column.type, to) !== true) return [];
  return [
    {
      at: change.at,
      confidence: migration.isNewest && growingTables(project).has(table.name) ? "likely" : "possible",
      slots: { table: table.name, column: column.name, from: column.type, to },
      evidence: [{ at: column, note: `${column.name} as it was` }],
    },
  ];
}
