import { crc32 } from "node:zlib";
import { sql, type Kysely } from "kysely";
import type { SeenFile } from "../../model/ports.js";
import type { FactsTables } from "./tables.js";

/** Folders whose files are remembered; the one not listed for the longest time goes first. */
const mostFolders = 50;

/** Files as they were when the folder was last listed, by path; none when nothing, or nothing whole, is remembered. */
export async function recallFolder(database: Kysely<FactsTables>, folder: string): Promise<ReadonlyMap<string, SeenFile>> {
  const row = await database.selectFrom("folders").select(["files", "checksum"]).where("folder", "=", folder).executeTakeFirst();
  if (row === undefined || crc32(row.files) !== row.checksum) return new Map();
  return new Map((JSON.parse(row.files) as readonly StoredFile[]).map(([path, stamp, blob]) => [path, { stamp, blob }]));
}

type StoredFile = readonly [path: string, stamp: string, blob: string];

export async function rememberFolder(
  database: Kysely<FactsTables>,
  folder: string,
  seen: ReadonlyMap<string, SeenFile>,
  now: number,
): Promise<void> {
  const stored: readonly StoredFile[] = [...seen].map(([path, { stamp, blob }]) => [path, stamp, blob]);
  const files = JSON.stringify(stored);
  const row = { files, checksum: crc32(files), seen_at: now };
  await database
    .insertInto("folders")
    .values({ folder, ...row })
    .onConflict((conflict) => conflict.column("folder").doUpdateSet(row))
    .execute();
  const latest = database
    .selectFrom("folders")
    .select("folder")
    .orderBy("seen_at", "desc")
    .orderBy(sql`rowid`, "desc")
    .limit(mostFolders);
  await database.deleteFrom("folders").where("folder", "not in", latest).execute();
}
