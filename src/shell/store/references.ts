import type { Kysely } from "kysely";
import type { ThreadReference } from "../../model/memory.js";
import type { Asker } from "../../model/request.js";
import type { MemoryTables } from "./tables.js";

/** What each message of a thread referred to, so that "what about list/1" needs no reading back in Slack. */
export function createReferenceStore(database: Kysely<MemoryTables>) {
  return {
    remember: async (asker: Pick<Asker, "team" | "channel" | "thread">, reference: ThreadReference): Promise<void> => {
      const { team, channel, thread } = asker;
      await database
        .insertInto("thread_references")
        .values({ team, channel, thread, ...reference })
        .execute();
    },

    inThread: async (team: string, channel: string, thread: string): Promise<ThreadReference[]> =>
      database
        .selectFrom("thread_references")
        .select(["ts", "repository", "path", "revision"])
        .where("team", "=", team)
        .where("channel", "=", channel)
        .where("thread", "=", thread)
        .orderBy("ts", "desc")
        .orderBy("position", "desc")
        .execute(),
  };
}
