import type { Kysely } from "kysely";
import type { RequestState, StoredRequest } from "../../model/memory.js";
import type { Clock } from "../../model/ports.js";
import { requestFromRow, requestToRow } from "./rows.js";
import type { MemoryTables } from "./tables.js";

const openStates = ["accepted", "running"] satisfies RequestState[];
const keepTextMs = 24 * 60 * 60 * 1_000;

/** Claimed requests. People's words leave the table when a request closes, and after a day in any case. */
export function createRequestStore(database: Kysely<MemoryTables>, now: Clock) {
  const forgetOldText = async (): Promise<void> => {
    await database
      .updateTable("requests")
      .set({ text: null, payload: null })
      .where("at", "<", now() - keepTextMs)
      .where((column) => column.or([column("text", "is not", null), column("payload", "is not", null)]))
      .execute();
  };

  return {
    forgetOldText,

    claim: async (request: StoredRequest): Promise<boolean> => {
      await forgetOldText();
      const inserted = await database
        .insertInto("requests")
        .values(requestToRow(request))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return inserted.numInsertedOrUpdatedRows === 1n;
    },

    finish: async (id: string, state: RequestState): Promise<void> => {
      const stillOpen = openStates.some((open) => open === state);
      const values = stillOpen ? { state } : { state, text: null, payload: null };
      await database.updateTable("requests").set(values).where("id", "=", id).execute();
    },

    open: async (): Promise<StoredRequest[]> => {
      await forgetOldText();
      const rows = await database.selectFrom("requests").selectAll().where("state", "in", openStates).orderBy("at").execute();
      return rows.map(requestFromRow);
    },
  };
}
