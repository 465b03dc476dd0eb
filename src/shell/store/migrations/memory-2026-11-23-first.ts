import { sql } from "kysely";
import type { Kysely, Migration } from "kysely";

/** Requests, interventions with their problems, decisions, and what each thread referred to. */
export const first: Migration = {
  up: async (database: Kysely<unknown>) => {
    await sql`
      create table requests (
        id text primary key, team text not null, channel text not null, user text not null, ts text not null, thread text not null,
        state text not null, text text, payload text, at integer not null,
        unique (team, channel, ts)
      ) strict`.execute(database);
    await sql`create index requests_open on requests (at) where state in ('accepted', 'running')`.execute(database);
    await sql`
      create table interventions (
        position integer primary key autoincrement, id text not null unique, request text not null, team text not null,
        channel text not null, thread text not null, message_ts text, repository text not null, revision text, body text not null,
        at integer not null
      ) strict`.execute(database);
    await sql`create index interventions_thread on interventions (team, channel, thread, position)`.execute(database);
    await sql`
      create table problems (
        intervention text not null references interventions (id) on delete cascade, position integer not null, rule text,
        fingerprint text, path text not null, line integer not null, severity text not null, body text not null,
        primary key (intervention, position)
      ) strict`.execute(database);
    await sql`
      create table decisions (
        position integer primary key autoincrement, id text not null unique, repository text not null, rule text not null,
        scope_kind text not null, scope_key text not null, verdict text not null, reason text not null, by text not null,
        by_name text not null, at integer not null, permalink text, anchor_path text not null, anchor_line integer not null,
        anchor_enclosing text not null, anchor_hash text not null,
        superseded_by text references decisions (id) deferrable initially deferred
      ) strict`.execute(database);
    await sql`
      create unique index decisions_in_force on decisions (repository, rule, scope_kind, scope_key)
      where superseded_by is null`.execute(database);
    await sql`
      create table thread_references (
        position integer primary key autoincrement, team text not null, channel text not null, thread text not null, ts text not null,
        repository text, path text not null, revision text
      ) strict`.execute(database);
    await sql`create index thread_references_thread on thread_references (team, channel, thread, ts)`.execute(database);
  },
};
