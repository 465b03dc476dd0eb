import type { Facts } from "../../../model/facts.js";
import type { Location, Project } from "../../../model/project.js";
import type { Step, TableBefore } from "../../../project/database/history.js";
import { defineRule, type Match } from "../../define.js";
import { freshMigrations, tableInUse, type FreshMigration } from "../../shared/fresh-migrations.js";
import { growingTables } from "../../shared/growing.js";
import { matchesInFile, together, type Located } from "../../shared/located.js";
import { dataChanges, isBackfilled } from "../../shared/migration-data.js";
import { versionOf } from "../../shared/migration-files.js";

type Slots = { does: string; because: string; instead: string };

export const notNullAtOnce = defineRule<Slots>({
  id: "not-null-at-once",
  title: "A column of a table in use becomes NOT NULL, or gets a computed default, at once",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "medium",
  cwe: ["CWE-755"],
  silencedBy: {},
  where: freshMigrations,
  match: matchesIn,
  what: ({ does }) => `This ${does}, a table of earlier releases.`,
  why: ({ because }) => `${because}.`,
  instead: ({ instead }) => `${instead}.`,
  notWhen: [
    "The table is made in the same migration or less than a month before it, or its name or a comment of the migration says that it has few rows.",
    "The new column has a default, is numbered by the database or generated, or the rows are deleted first.",
    "A constraint that is validated already says `IS NOT NULL`, or the column could hold no NULL before.",
    "A migration since the column was added writes rows, which may have filled it, or the column always had a default (then it is `possible`: only the lock is left).",
    "The default is constant or the time of the statement: PostgreSQL stores it once.",
    "The migration is more than three months older than the newest of the project: it has run. More than one month: `possible`.",
    "The table does not grow with people or organisations (then it is `possible`).",
    "The database is not PostgreSQL.",
  ],
  examples: [
    {
      bad: altering("add :number, :integer, null: false"),
      at: "add :number, :integer, null: false",
      good: altering("add :number, :integer, null: false, default: 0"),
    },
    {
      bad: altering("modify :note, :text, null: false, from: {:text, null: true}"),
      at: "modify :note, :text, null: false, from: {:text, null: true}",
      good: altering("modify :note, :text, null: true, from: {:text, null: true}"),
    },
    {
      bad: altering(`add :token, :uuid, default: fragment("gen_random_uuid()")`),
      at: `add :token, :uuid, default: fragment("gen_random_uuid()")`,
      good: altering(`add :since, :utc_datetime, default: fragment("now()")`),
    },
  ],
});

function altering(line: string): Record<string, string> {
  return {
    "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    field :note, :string\n    belongs_to :user, Shop.User\n  end\nend\n`,
    "priv/repo/migrations/20240101000000_create_orders.exs": `defmodule Shop.Repo.Migrations.CreateOrders do\n  use Ecto.Migration\n\n  def change do\n    create table(:orders) do\n      add :note, :text\n      add :user_id, :bigint\n    end\n  end\nend\n`,
    "priv/repo/migrations/20240601000000_alter_orders.exs": `defmodule Shop.Repo.Migrations.AlterOrders do\n  use Ecto.Migration\n\n  def change do\n    alter table(:orders) do\n      ${line}\n    end\n  end\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null) return [];
  const found = migration.steps.flatMap((step): Located<Slots>[] => {
    const table = tableInUse(step, migration);
    const read = table === null ? null : (added(step, table, facts, project) ?? required(step, table, migration, project));
    if (table === null || read === null) return [];
    const shown = migration.isNewest && !read.isEasy && growingTables(project).has(table.name);
    const { at, slots } = read;
    const evidence = table.createdAt === null ? [] : [{ at: table.createdAt, note: `${table.name} is made here` }];
    return [{ at, slots, confidence: shown ? "likely" : "possible", evidence }];
  });
  return together(matchesInFile(found, facts), facts, "and here");
}

interface Read {
  readonly at: Location;
  readonly slots: Slots;
  /** Every row most likely holds a value. */
  readonly isEasy: boolean;
}

const numbered = /serial|identity/;
/** What PostgreSQL must work out for each row. */
const volatile =
  /\b(gen_random_uuid|uuid_generate_v\w+|uuid_v7|uuidv7|random|clock_timestamp|timeofday|nextval|gen_random_bytes|md5)\s*\(/i;

function added({ change }: Step, table: TableBefore, facts: Facts, project: Project): Read | null {
  if (change.kind !== "add_column") return null;
  const { column } = change;
  const named = `\`${table.name}\``;
  if (column.default !== null && volatile.test(column.default)) {
    const because = `The default differs from row to row, so PostgreSQL writes the whole of ${named} anew and lets nobody read or write it meanwhile`;
    const instead = `Add \`${column.name}\` without a default, set the default in a second step for new rows only, and fill the old rows in batches outside the transaction`;
    return { at: column, slots: { does: `adds \`${column.name}\` with a computed default to ${named}`, because, instead }, isEasy: false };
  }
  if (column.nullable || column.default !== null || column.primaryKey || numbered.test(column.type)) return null;
  const emptied = dataChanges(facts, project).some((data) => data.kind === "delete" && !data.narrowed && data.table === table.name);
  if (emptied) return null;
  const because = `The rows that ${named} already has would hold NULL in \`${column.name}\`, so PostgreSQL refuses the migration as soon as there is one`;
  const instead = `Give the column a default, or add it without the constraint, fill the old rows, and make it NOT NULL in a later migration`;
  return {
    at: column,
    slots: { does: `adds \`${column.name}\` as NOT NULL without a default to ${named}`, because, instead },
    isEasy: false,
  };
}

function required({ change }: Step, table: TableBefore, migration: FreshMigration, project: Project): Read | null {
  const column = table.column;
  if (change.kind !== "modify_column" || change.change.nullable !== false || column?.nullable !== true) return null;
  const checked = table.constraints.some(
    ({ validated, definition }) => validated && new RegExp(`\\b${column.name}"?\\s+is\\s+not\\s+null`, "i").test(definition),
  );
  if (checked) return null;
  const born = versionOf(column.path);
  const isFilled = column.default !== null || born === null || isBackfilled(born, migration.version, project);
  const named = `\`${table.name}\``;
  const because = isFilled
    ? `PostgreSQL reads the whole of ${named} to make sure that no row holds NULL, and lets nobody read or write it meanwhile`
    : `No migration has filled \`${column.name}\`: one row of ${named} that holds NULL stops this one, and PostgreSQL lets nobody read or write the table while it looks`;
  const instead = `Fill the rows first; on a large table add a check \`${column.name} IS NOT NULL\` with \`validate: false\`, validate it in a second migration, and set NOT NULL after that, which then reads nothing`;
  return { at: change.at, slots: { does: `makes \`${column.name}\` NOT NULL in ${named}`, because, instead }, isEasy: isFilled };
}
