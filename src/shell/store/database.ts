import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import { Kysely, Migrator, SqliteDialect, sql } from "kysely";
import type { Migration } from "kysely";

export interface DatabaseOptions {
  /** A file, made with its folder when missing; `:memory:` keeps everything in memory. */
  readonly path: string;
  /** FULL loses nothing acknowledged even when power fails; NORMAL may lose the last writes then, never the file. */
  readonly synchronous: "FULL" | "NORMAL";
  /** How long a statement waits for another process's lock, in milliseconds. */
  readonly busyTimeoutMs: number;
}

/** Opens the file in WAL mode. Throws SQLite's own error when it is not a database or cannot be opened. */
export function openDatabase<Tables>(options: DatabaseOptions): Kysely<Tables> {
  if (options.path !== ":memory:") mkdirSync(dirname(options.path), { recursive: true });
  const database = new SqliteDatabase(options.path, { timeout: options.busyTimeoutMs });
  try {
    database.pragma("journal_mode = WAL");
    database.pragma(`synchronous = ${options.synchronous}`);
    database.pragma("foreign_keys = ON");
  } catch (error) {
    database.close();
    throw error;
  }
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
}

const lockPauseMs = 50;

/**
 * Brings the tables up to date, all or nothing; throws the first migration's own error when one fails. Kysely's migrator takes no lock
 * on SQLite, so two processes that start together would both create the tables: the whole of it runs inside one write transaction.
 */
export async function migrate<Tables>(database: Kysely<Tables>, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  if (await isMigrated(database, Object.keys(migrations))) return;
  await beginAlone(database);
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  await (error === undefined ? sql`commit` : sql`rollback`).execute(database);
  if (error !== undefined) throw error instanceof Error ? error : new Error("the database could not be migrated", { cause: error });
}

/** One question instead of the migrator's dozen, asked at every start. It answers no also where a newer Guard has migrated further. */
async function isMigrated<Tables>(database: Kysely<Tables>, names: readonly string[]): Promise<boolean> {
  const { rows: tables } = await sql`select 1 from sqlite_master where name = 'kysely_migration'`.execute(database);
  if (tables.length === 0) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(database);
  return rows.length === names.length && rows.every(({ name }) => names.includes(name));
}

/** SQLite's own wait would block this process, and with it a migration that runs in it: so it is asked without waiting, again and again. */
async function beginAlone<Tables>(database: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ timeout: number }>`pragma busy_timeout`.execute(database);
  const usual = rows[0]?.timeout ?? 0;
  await sql`pragma busy_timeout = 0`.execute(database);
  const attempts = Math.ceil(usual / lockPauseMs) + 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql`begin immediate`.execute(database);
      break;
    } catch (error) {
      if (attempt >= attempts || !isLocked(error)) throw error;
      await setTimeout(lockPauseMs);
    }
  }
  await sql`pragma busy_timeout = ${sql.lit(usual)}`.execute(database);
}

function isLocked(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith("SQLITE_BUSY");
}
