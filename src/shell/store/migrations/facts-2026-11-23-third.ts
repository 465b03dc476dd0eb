import { sql } from "kysely";
import type { Kysely, Migration } from "kysely";

/** What the files of a folder were when it was last listed. */
export const third: Migration = {
  up: async (database: Kysely<unknown>) => {
    await sql`
      create table folders (
        folder text primary key, seen_at integer not null, checksum integer not null, files text not null
      ) strict`.execute(database);
  },
};
