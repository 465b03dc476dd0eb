import { crc32 } from "node:zlib";
import { sql } from "kysely";
import type { Kysely, Selectable } from "kysely";
import type { Facts } from "../../model/facts.js";
import type { FactsCache, FactsCodec, FactsKey, FolderMemory, SeenFile } from "../../model/ports.js";
import { migrate, openDatabase } from "./database.js";
import { recallFolder, rememberFolder } from "./folders.js";
import { first } from "./migrations/facts-2026-11-23-first.js";
import { second } from "./migrations/facts-2026-11-23-second.js";
import { third } from "./migrations/facts-2026-11-23-third.js";
import type { FactsRow, FactsTables } from "./tables.js";

export interface FactsCacheOptions {
  /** The database file, apart from the memory's: it may be deleted at any time. */
  readonly path: string;
  /** Facts of another extractor are other facts; theirs are dropped. */
  readonly extractorVersion: string;
  readonly codec: FactsCodec;
  /** Told once, when the cache is damaged or locked and is not used any more. */
  readonly warn?: (sentence: string) => void;
  /** The oldest entries go when the bodies together hold more; 512 MB unless told. */
  readonly maximumBytes?: number;
  /** The file itself never grows beyond this; 2 GB unless told. */
  readonly maximumFileBytes?: number;
}

export interface ClosableFactsCache extends FactsCache {
  /** Kept beside the facts, and lost with them. */
  readonly folders: FolderMemory;
  readonly close: () => Promise<void>;
}

const busyTimeoutMs = 1_000;
const pageBytes = 4_096;
const rowsAtOnce = 100;

/** Facts remembered on disk. Whatever goes wrong costs time and never an answer: a bad entry is a miss, a bad file turns the cache off. */
export function createFactsCache(options: FactsCacheOptions): ClosableFactsCache {
  let database: Kysely<FactsTables> | null = null;
  let off = false;
  /** Facts of other extractors are dropped with the first store: after a change of version there is one, and else there are none. */
  let swept = false;
  const turnOff = (error: unknown): void => {
    if (!off) options.warn?.(`The facts cache ${options.path} is not used (${reasonOf(error)}); delete the file if this stays so.`);
    off = true;
  };
  const opened = open(options).then((result) => (database = result), turnOff);

  const attempt = async <Result>(work: (database: Kysely<FactsTables>) => Promise<Result>, otherwise: Result): Promise<Result> => {
    await opened;
    if (off || database === null) return otherwise;
    return work(database).catch((error: unknown) => {
      turnOff(error);
      return otherwise;
    });
  };

  return {
    load: (keys) => attempt((connection) => load(connection, options, keys), new Map<string, Facts>()),
    store: (entries) =>
      attempt(async (connection) => {
        if (!swept) await connection.deleteFrom("facts").where("version", "!=", options.extractorVersion).execute();
        swept = true;
        await store(connection, options, entries);
        await evict(connection, options.maximumBytes ?? 512 * 1024 * 1024);
      }, undefined),
    folders: {
      recall: (folder) => attempt((connection) => recallFolder(connection, folder), new Map<string, SeenFile>()),
      remember: (folder, files) => attempt((connection) => rememberFolder(connection, folder, files, Date.now()), undefined),
    },
    close: async () => {
      await opened;
      await database?.destroy();
    },
  };
}

async function open(options: FactsCacheOptions): Promise<Kysely<FactsTables>> {
  const database = openDatabase<FactsTables>({ path: options.path, synchronous: "NORMAL", busyTimeoutMs });
  try {
    const pages = Math.ceil((options.maximumFileBytes ?? 2 * 1024 ** 3) / pageBytes);
    await sql`pragma max_page_count = ${sql.lit(pages)}`.execute(database);
    await migrate(database, { "2026-11-23-first": first, "2026-11-23-second": second, "2026-11-23-third": third });
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

async function load(
  database: Kysely<FactsTables>,
  { extractorVersion, codec }: FactsCacheOptions,
  keys: readonly FactsKey[],
): Promise<ReadonlyMap<string, Facts>> {
  const found = new Map<string, Facts>();
  const wanted = new Set(keys.map(({ blob, path }) => `${blob} ${path}`));
  const blobs = JSON.stringify(keys.map(({ blob }) => blob));
  const { rows } = await sql<StoredFacts>`
    select blob, path, checksum, body from facts
    where version = ${extractorVersion} and blob in (select value from json_each(${blobs}))`.execute(database);
  for (const row of rows) {
    const facts = wanted.has(`${row.blob} ${row.path}`) ? decode(row, codec) : null;
    if (facts !== null) found.set(row.path, facts);
  }
  return found;
}

type StoredFacts = Pick<Selectable<FactsRow>, "blob" | "path" | "checksum" | "body">;

function decode({ body, checksum, path }: StoredFacts, codec: FactsCodec): Facts | null {
  if (crc32(body) !== checksum) return null;
  try {
    const facts = codec.decode(body);
    return facts.path === path ? facts : null;
  } catch {
    return null; // written whole and yet undecodable: parse the file again
  }
}

async function store(
  database: Kysely<FactsTables>,
  { extractorVersion, codec }: FactsCacheOptions,
  entries: readonly { readonly key: FactsKey; readonly facts: Facts }[],
): Promise<void> {
  const rows = entries.flatMap(({ key, facts }) => {
    const body = codec.encode(facts);
    return body === null ? [] : [{ ...key, version: extractorVersion, bytes: body.length, checksum: crc32(body), body }];
  });
  await database.transaction().execute(async (transaction) => {
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      await transaction
        .insertInto("facts")
        .values(rows.slice(at, at + rowsAtOnce))
        .onConflict((conflict) =>
          conflict.columns(["blob", "path", "version"]).doUpdateSet((row) => ({
            bytes: row.ref("excluded.bytes"),
            checksum: row.ref("excluded.checksum"),
            body: row.ref("excluded.body"),
          })),
        )
        .execute();
    }
  });
}

/** Drops the oldest entries until the rest fills at most nine tenths of the bound, so that not every store evicts. */
async function evict(database: Kysely<FactsTables>, maximumBytes: number): Promise<void> {
  const { total } = await database
    .selectFrom("facts")
    .select(sql<number>`coalesce(sum(bytes), 0)`.as("total"))
    .executeTakeFirstOrThrow();
  if (total <= maximumBytes) return;
  let excess = total - maximumBytes * 0.9;
  const oldest = await database.selectFrom("facts").select(["position", "bytes"]).orderBy("position").execute();
  const boundary = oldest.find(({ bytes }) => (excess -= bytes) <= 0);
  if (boundary !== undefined) await database.deleteFrom("facts").where("position", "<=", boundary.position).execute();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
