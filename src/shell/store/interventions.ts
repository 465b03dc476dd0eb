import type { Kysely, Selectable } from "kysely";
import type { StoredIntervention } from "../../model/memory.js";
import { interventionFromRows, interventionToRow, problemsToRows } from "./rows.js";
import type { InterventionRow, MemoryTables } from "./tables.js";

/** What Guard answered, with each problem as a row of its own. */
export function createInterventionStore(database: Kysely<MemoryTables>) {
  const withProblems = async (row: Selectable<InterventionRow> | undefined): Promise<StoredIntervention | null> => {
    if (row === undefined) return null;
    const problems = await database.selectFrom("problems").selectAll().where("intervention", "=", row.id).orderBy("position").execute();
    return interventionFromRows(row, problems);
  };

  return {
    save: async (stored: StoredIntervention): Promise<void> => {
      await database.transaction().execute(async (transaction) => {
        await transaction.insertInto("interventions").values(interventionToRow(stored)).execute();
        for (const problem of problemsToRows(stored)) await transaction.insertInto("problems").values(problem).execute();
      });
    },

    setMessage: async (id: string, messageTs: string): Promise<void> => {
      await database.updateTable("interventions").set({ message_ts: messageTs }).where("id", "=", id).execute();
    },

    byId: async (id: string): Promise<StoredIntervention | null> =>
      withProblems(await database.selectFrom("interventions").selectAll().where("id", "=", id).executeTakeFirst()),

    latestInThread: async (team: string, channel: string, thread: string): Promise<StoredIntervention | null> =>
      withProblems(
        await database
          .selectFrom("interventions")
          .selectAll()
          .where("team", "=", team)
          .where("channel", "=", channel)
          .where("thread", "=", thread)
          .orderBy("position", "desc")
          .limit(1)
          .executeTakeFirst(),
      ),
  };
}
