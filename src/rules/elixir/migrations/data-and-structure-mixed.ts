import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import type { Change } from "../../../project/database/change.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { freshMigrations, tableInUse, type FreshMigration } from "../../shared/fresh-migrations.js";
import { growingTables } from "../../shared/growing.js";
import { dataChanges, type DataChange } from "../../shared/migration-data.js";

type Slots = { table: string; how: string };

export const dataAndStructureMixed = defineRule<Slots>({
  id: "data-and-structure-mixed",
  title: "One migration alters a table and rewrites its rows",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "low",
  cwe: ["CWE-667"],
  silencedBy: {},
  where: freshMigrations,
  match: matchesIn,
  what: ({ table, how }) => `This ${how} of \`${table}\` in the same transaction that has altered the table before.`,
  why: ({ table }) =>
    `The lock that altering \`${table}\` takes is held until the transaction ends, so nobody can read or write the table while its rows are rewritten, and one row that fails undoes everything.`,
  instead: () =>
    "Leave the change of structure here, and fill the rows in a second migration or a task, in batches, with `@disable_ddl_transaction true`.",
  notWhen: [
    "The table is made in the same migration or less than a month before it, or its name or a comment of the migration says that it has few rows.",
    "`@disable_ddl_transaction true` is set, another table is altered than the rows belong to, or the rows are changed first.",
    "Rows are only inserted, or the statement has a condition (then it is `possible`: it may be about a few).",
    "The migration is more than three months older than the newest of the project: it has run. More than one month: `possible`.",
    "The table does not grow with people or organisations (then it is `possible`).",
    "The database is not PostgreSQL.",
  ],
  examples: [
    {
      bad: filling(`add :name, :string`, `execute "UPDATE users SET name = email"`),
      at: `execute "UPDATE users SET name = email"`,
      good: filling(`add :name, :string`, ""),
    },
  ],
});

function filling(line: string, statement: string): Record<string, string> {
  return {
    "lib/shop/user.ex": `defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :email, :string\n  end\nend\n`,
    "priv/repo/migrations/20240101000000_create_users.exs": `defmodule Shop.Repo.Migrations.CreateUsers do\n  use Ecto.Migration\n\n  def change do\n    create table(:users) do\n      add :email, :string\n    end\n  end\nend\n`,
    "priv/repo/migrations/20240601000000_name_users.exs": `defmodule Shop.Repo.Migrations.NameUsers do\n  use Ecto.Migration\n\n  def up do\n    alter table(:users) do\n      ${line}\n    end\n\n    ${statement}\n  end\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null || !migration.inTransaction) return [];
  const altered = alteredTables(migration);
  if (altered.size === 0) return [];
  for (const data of dataChanges(facts, project).sort((left, right) => left.at.span.start - right.at.span.start)) {
    const table = data.kind === "insert" ? undefined : tablesOf(data, facts, project).find((name) => altered.has(name));
    const clue = altered.get(table ?? "");
    if (table === undefined || clue === undefined) continue;
    const shown = migration.isNewest && !data.narrowed && growingTables(project).has(table);
    const how = data.table === null ? "changes row by row those" : data.kind === "delete" ? "deletes rows" : "rewrites rows";
    return [{ span: data.at.span, confidence: shown ? "likely" : "possible", slots: { table, how }, evidence: [clue] }];
  }
  return [];
}

/** The tables in use whose lock the migration takes, each with the first step that takes it. */
function alteredTables(migration: FreshMigration): Map<string, Clue> {
  const altered = new Map<string, Clue>();
  for (const step of migration.steps) {
    const table = tableInUse(step, migration);
    const at = locationOf(step.change);
    if (table !== null && at !== null && at.path === migration.path && !altered.has(table.name)) {
      altered.set(table.name, { at, note: `${table.name} is locked here` });
    }
  }
  return altered;
}

function locationOf(change: Change) {
  switch (change.kind) {
    case "add_column":
      return change.column;
    case "modify_column":
    case "remove_column":
    case "rename_column":
      return change.at;
    case "add_constraint":
      return change.constraint;
    default:
      return null;
  }
}

/** The table of a statement; for a row written by itself, every table whose schema the migration names. */
function tablesOf(data: DataChange, facts: Facts, project: Project): string[] {
  if (data.table !== null) return [data.table];
  const bodies = facts.modules.flatMap((module) => module.functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? [])));
  return bodies.flatMap((body) => collect(body, "module").flatMap(({ name }) => project.schemas.get(name)?.table ?? []));
}
