import type { Facts } from "../../../model/facts.js";
import type { Location, Project } from "../../../model/project.js";
import type { Change } from "../../../project/database/change.js";
import { rollbackOf } from "../../../project/database/rollback.js";
import { defineRule, type Match } from "../../define.js";
import { freshMigrations } from "../../shared/fresh-migrations.js";
import { matchesInFile, together } from "../../shared/located.js";

type Slots = { doing: string; when: string };

export const concurrentIndexInTransaction = defineRule<Slots>({
  id: "concurrent-index-in-transaction",
  title: "A concurrent index inside the migration's transaction",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "high",
  cwe: ["CWE-755"],
  silencedBy: {},
  fix: "build-index-concurrently",
  where: freshMigrations,
  match: matchesIn,
  what: ({ doing }) => `This ${doing} an index concurrently, and the migration has no \`@disable_ddl_transaction true\`.`,
  why: ({ when }) =>
    `Ecto runs a migration in one transaction unless it is told not to, and PostgreSQL refuses \`CONCURRENTLY\` inside a transaction: ${when} stops with an error each time.`,
  instead: () =>
    "Set `@disable_ddl_transaction true` and `@disable_migration_lock true` in this migration, and leave nothing in it but the index, since no step is undone any more when a later one fails.",
  notWhen: [
    "`@disable_ddl_transaction true` is set, or the migration uses another module besides `Ecto.Migration`, which may set it.",
    "The migration is more than three months older than the newest of the project: it has run.",
    "The database is not PostgreSQL.",
  ],
  examples: [
    {
      bad: migration(""),
      at: "create index(:orders, [:placed_at], concurrently: true)",
      good: migration("  @disable_ddl_transaction true\n\n"),
    },
  ],
});

function migration(attributes: string): Record<string, string> {
  return {
    "priv/repo/migrations/20240601000000_index_orders.exs": `defmodule Shop.Repo.Migrations.IndexOrders do\n  use Ecto.Migration\n\n${attributes}  def change do\n    create index(:orders, [:placed_at], concurrently: true)\n  end\nend\n`,
  };
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const migration = freshMigrations(project).get(facts.path) ?? null;
  if (migration === null || !migration.inTransaction) return [];
  if (migration.modules.some((module) => module.uses.some((reference) => reference.module !== "Ecto.Migration"))) return [];
  const forwards = migration.steps.flatMap(({ change }) => match(change, "the migration"));
  const backwards = forwards.length > 0 ? [] : rollbackOf(project, facts).flatMap((change) => match(change, "the rollback"));
  return together(matchesInFile([...forwards, ...backwards], facts), facts, "and here");
}

function match(change: Change, when: string): (Omit<Match<Slots>, "span"> & { at: Location })[] {
  const at = change.kind === "create_index" ? change.index : change.kind === "drop_index" ? change.at : null;
  const isConcurrent = change.kind === "create_index" ? change.index.concurrently : change.kind === "drop_index" && change.concurrently;
  if (at === null || !isConcurrent) return [];
  const doing = change.kind === "create_index" ? "builds" : "drops";
  return [{ at, confidence: "certain", severity: when === "the migration" ? "high" : "medium", slots: { doing, when }, evidence: [] }];
}
