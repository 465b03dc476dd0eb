import type { Facts, ModuleFacts } from "../../model/facts.js";
import type { Project } from "../../model/project.js";
import { historyOf, type MigrationHistory, type Step, type TableBefore } from "../../project/database/history.js";
import { booleanOf } from "../../project/values.js";
import { isSmallTable } from "./growing.js";
import { daysBetween, newestVersion, versionOf } from "./migration-files.js";
import { perProject } from "./per-project.js";

/** A migration that may not have run everywhere yet. */
export interface FreshMigration extends MigrationHistory {
  readonly modules: readonly ModuleFacts[];
  /** One of the newest of the project; the others are older and most likely have run. */
  readonly isNewest: boolean;
  /** Its comments say that a table is empty or small, so its author has thought of the rows. */
  readonly saysSmall: boolean;
  /** Whether all its steps run in one transaction, which holds each lock until the last step is done. */
  readonly inTransaction: boolean;
}

/** Migrations written within so many days of each other are taken to be of one release. */
const daysOfRelease = 30;
/** Older than this, counted from the newest migration, they have run wherever the application runs. */
const daysOnTheWay = 90;

/** The fresh migrations of a project whose database is PostgreSQL, by the path of their file. */
export const freshMigrations = perProject((project): ReadonlyMap<string, FreshMigration> => {
  const newest = newestVersion(project);
  const found = new Map<string, FreshMigration>();
  for (const history of newest === null ? [] : historyOf(project.database)) {
    const facts = project.files.get(history.path);
    const migration = newest === null || facts === undefined ? null : freshMigration(facts, history, newest, project);
    if (migration !== null) found.set(history.path, migration);
  }
  return found;
});

function freshMigration(facts: Facts, history: MigrationHistory, newest: bigint, project: Project): FreshMigration | null {
  const age = daysBetween(history.version, newest);
  if (age > daysOnTheWay || versionOf(facts.path) === null || !isPostgres(project, facts.path)) return null;
  return {
    ...history,
    modules: facts.modules,
    isNewest: age <= daysOfRelease,
    saysSmall: wordsIn(facts).some((text) => small.test(text)),
    inTransaction: !facts.modules.some((module) => attributeIsTrue(module, "disable_ddl_transaction")),
  };
}

/** The table a step is about when it holds rows that people need meanwhile: made in an earlier release, and not one of few rows by its name or by what the migration says. */
export function tableInUse(step: Step, migration: FreshMigration): TableBefore | null {
  const { before } = step;
  if (before === null || migration.saysSmall || isSmallTable(before.name)) return null;
  const created = versionOf(before.createdAt?.path ?? "");
  return created !== null && daysBetween(created, migration.version) <= daysOfRelease ? null : before;
}

const small =
  /\b(is|are|still|table) (empty|small|tiny)\b|\b(no|few) (existing )?(rows|records|data|production data)\b|\b(low|small) (volume|table)|not (yet )?(in use|used|launched)|has(n't| not) (launched|shipped)/i;

/** What a person wrote into the file for other people. */
function wordsIn(facts: Facts): string[] {
  const documented = facts.modules.flatMap(({ attributes }) =>
    attributes.flatMap(({ name, value }) => (name === "moduledoc" && value?.kind === "literal" ? [value.value] : [])),
  );
  return [...documented, ...facts.comments.map(({ text }) => text)].map((text) => text.replace(/\s+/g, " "));
}

function attributeIsTrue(module: ModuleFacts, name: string): boolean {
  return module.attributes.some((attribute) => attribute.name === name && booleanOf(attribute.value) === true);
}

const otherDatabases = /(^|[/_])(clickhouse|mysql|sqlite|tds|mssql)/i;

/** Other databases lock otherwise. A project without any driver among its dependencies is taken for one on PostgreSQL, Ecto's default. */
function isPostgres({ dependencies }: Project, path: string): boolean {
  if (otherDatabases.test(path)) return false;
  return dependencies.has("postgrex") || !["myxql", "tds", "ecto_sqlite3", "ecto_mysql"].some((name) => dependencies.has(name));
}
