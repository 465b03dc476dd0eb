import type { Facts } from "../../../model/facts.js";
import type { Location, Project } from "../../../model/project.js";
import type { Change } from "../../../project/database/change.js";
import { historyOf, type Step, type TableBefore } from "../../../project/database/history.js";
import { defineRule, type Match } from "../../define.js";
import { freshMigrations, tableInUse, type FreshMigration } from "../../shared/fresh-migrations.js";
import { growingTables } from "../../shared/growing.js";
import { buildsConcurrently } from "../../shared/index-practice.js";
import { matchesInFile, together, type Located } from "../../shared/located.js";
import { perProject } from "../../shared/per-project.js";

type Slots = { what: string; table: string; lock: string; name: string };

export const constraintValidatedAtOnce = defineRule<Slots>({
  id: "constraint-validated-at-once",
  title: "A new constraint checks every row while it holds its lock",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "low",
  cwe: ["CWE-667"],
  silencedBy: {},
  where: freshMigrations,
  match: matchesIn,
  what: ({ what, table }) => `This puts a ${what} on \`${table}\`, a table of earlier releases, and checks all its rows at once.`,
  why: ({ table, lock }) =>
    `PostgreSQL reads the whole of \`${table}\` while it holds the lock that the new constraint takes, so that ${lock}.`,
  instead: ({ name }) =>
    `Write \`validate: false\` here, which checks new rows only, and \`execute "ALTER TABLE … VALIDATE CONSTRAINT ${name}"\` in a migration of its own afterwards, which lets people read and write meanwhile.`,
  notWhen: [
    "The table is made in the same migration or less than a month before it, or its name or a comment of the migration says that it has few rows.",
    "`validate: false` is written, the constraint is one of exclusion, which cannot be validated later, or the SQL says `NOT VALID`.",
    "The migration is more than three months older than the newest of the project: it has run. More than one month: `possible`.",
    "A column is added together with its foreign key, or had the same foreign key with other actions before: the rows hold nothing yet, or hold true already (then it is `possible`).",
    "The team writes neither `validate: false` nor concurrent indexes, and the table does not grow with people or organisations (then it is `possible`).",
    "The database is not PostgreSQL.",
  ],
  examples: [
    {
      bad: constraining(`create constraint(:orders, :total_is_positive, check: "total > 0")`),
      at: `create constraint(:orders, :total_is_positive, check: "total > 0")`,
      good: constraining(`create constraint(:orders, :total_is_positive, check: "total > 0", validate: false)`),
    },
  ],
});

function constraining(line: string): Record<string, string> {
  return {
    "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    field :total, :integer\n    belongs_to :user, Shop.User\n  end\nend\n`,
    "priv/repo/migrations/20240101000000_create_orders.exs": `defmodule Shop.Repo.Migrations.CreateOrders do\n  use Ecto.Migration\n\n  def change do\n    create table(:orders) do\n      add :total, :integer\n      add :user_id, :bigint\n    end\n  end\nend\n`,
    "priv/repo/migrations/20240601000000_constrain_orders.exs": `defmodule Shop.Repo.Migrations.ConstrainOrders do\n  use Ecto.Migration\n\n  def change do\n    ${line}\n  end\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null) return [];
  const found = migration.steps.flatMap((step) => {
    const table = tableInUse(step, migration);
    return table === null ? [] : constrained(step, table, migration, project);
  });
  return together(matchesInFile(found, facts), facts, "and here");
}

function constrained({ change }: Step, table: TableBefore, migration: FreshMigration, project: Project): Located<Slots>[] {
  const read = readConstraint(change, table);
  if (read === null) return [];
  const practised = validatesLater(project) || buildsConcurrently(project);
  const replaces = migration.steps.some((other) => other.change.kind === "drop_constraint" && other.change.table === table.name);
  const shown = migration.isNewest && !read.isEasy && !replaces && (practised || growingTables(project).has(table.name));
  const lock = read.foreign
    ? `nobody can write to \`${table.name}\` or to the table it points to`
    : `nobody can read or write \`${table.name}\``;
  return [
    {
      at: read.at,
      confidence: shown ? "likely" : "possible",
      severity: practised ? "medium" : "low",
      slots: { what: read.foreign ? "foreign key" : "check", table: table.name, lock, name: read.name },
      evidence: table.createdAt === null ? [] : [{ at: table.createdAt, note: `${table.name} is made here` }],
    },
  ];
}

interface NewConstraint {
  readonly at: Location;
  readonly foreign: boolean;
  readonly name: string;
  /** No row can break it: the column is new, or had the same key before. */
  readonly isEasy: boolean;
}

function readConstraint(change: Change, table: TableBefore): NewConstraint | null {
  if (change.kind === "add_constraint") {
    const { kind, name, validated } = change.constraint;
    return validated && (kind === "check" || kind === "foreign_key")
      ? { at: change.constraint, foreign: kind === "foreign_key", name, isEasy: false }
      : null;
  }
  if (change.kind === "modify_column") {
    const { references, foreignKeyName } = change.change;
    const name = foreignKeyName ?? defaultName(table.name, change.name);
    const had = table.column?.references ?? null;
    return references?.validated === true ? { at: change.at, foreign: true, name, isEasy: had?.table === references.table } : null;
  }
  if (change.kind !== "add_column" || change.column.references?.validated !== true) return null;
  const name = change.foreignKeyName ?? defaultName(table.name, change.column.name);
  return { at: change.column, foreign: true, name, isEasy: change.column.default === null };
}

function defaultName(table: string, column: string): string {
  return `${table.slice(table.indexOf(".") + 1)}_${column}_fkey`;
}

/** Whether the team has put a constraint on old rows without checking them at once. */
const validatesLater = perProject((project) =>
  historyOf(project.database).some((migration) =>
    migration.steps.some(({ change }) => {
      if (change.kind === "add_constraint") return !change.constraint.validated;
      if (change.kind === "add_column") return change.column.references?.validated === false;
      return change.kind === "modify_column" && change.change.references?.validated === false;
    }),
  ),
);
