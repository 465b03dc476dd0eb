import { sql } from "kysely";
import type { Kysely, Migration } from "kysely";

/** Facts by blob, path and extractor version; `position` orders them by age. */
export const first: Migration = {
  up: async (database: Kysely<unknown>) => {
    await sql`
      create table facts (
        position integer primary key autoincrement, blob text not null, path text not null, version text not null, body text not null,
        bytes integer not null, checksum integer not null,
        unique (blob, path, version)
      ) strict`.execute(database);
    await sql`create index facts_by_age on facts (position, bytes)`.execute(database);
  },
};
