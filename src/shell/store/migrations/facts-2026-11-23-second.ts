import { sql } from "kysely";
import type { Kysely, Migration } from "kysely";

/** Facts as bytes instead of JSON; what was remembered is parsed again. The long column stands last, so that the others are read without it. */
export const second: Migration = {
  up: async (database: Kysely<unknown>) => {
    await sql`drop table facts`.execute(database);
    await sql`
      create table facts (
        position integer primary key autoincrement, blob text not null, path text not null, version text not null,
        bytes integer not null, checksum integer not null, body blob not null,
        unique (blob, path, version)
      ) strict`.execute(database);
    await sql`create index facts_by_age on facts (position, bytes)`.execute(database);
  },
};
