import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, Migrator, SqliteDialect } from "kysely";
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

/** Brings the tables up to date; throws the first migration's own error when one fails. */
export async function migrate<Tables>(database: Kysely<Tables>, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error("the database could not be migrated", { cause: error });
}
