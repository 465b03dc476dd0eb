import type { Clock, Memory } from "../../model/ports.js";
import { migrate, openDatabase } from "./database.js";
import { decisionsInForce, recordDecision, searchDecisions } from "./decisions.js";
import { createInterventionStore } from "./interventions.js";
import { first } from "./migrations/memory-2026-11-23-first.js";
import { createReferenceStore } from "./references.js";
import { createRequestStore } from "./requests.js";
import type { MemoryTables } from "./tables.js";

export interface MemoryOptions {
  /** The database file; made when missing. */
  readonly path: string;
  readonly now?: Clock;
}

const busyTimeoutMs = 5_000;
const sweepEveryMs = 60 * 60 * 1_000;

/** Guard's memory in one SQLite file. Throws a sentence with the remedy when the file cannot be opened. */
export function createMemory({ path, now = Date.now }: MemoryOptions): Memory {
  const database = open(path);
  const ready = migrate(database, { "2026-11-23-first": first });
  ready.catch(() => undefined); // each call below reports it; a memory that is opened and not used must not end the process
  const requests = createRequestStore(database, now);
  const interventions = createInterventionStore(database);
  const references = createReferenceStore(database);
  const sweeping = setInterval(() => void ready.then(requests.forgetOldText).catch(() => undefined), sweepEveryMs).unref();

  const whenReady =
    <Parameters extends readonly unknown[], Result>(ask: (...parameters: Parameters) => Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      await ready;
      return ask(...parameters);
    };

  return {
    claim: whenReady(requests.claim),
    finish: whenReady(requests.finish),
    open: whenReady(requests.open),
    saveIntervention: whenReady(interventions.save),
    setInterventionMessage: whenReady(interventions.setMessage),
    intervention: whenReady(interventions.byId),
    interventionInThread: whenReady(interventions.latestInThread),
    decide: whenReady((decision) => recordDecision(database, decision, now())),
    decisionsFor: whenReady((repository) => decisionsInForce(database, repository)),
    searchDecisions: whenReady((query) => searchDecisions(database, query)),
    rememberReference: whenReady(references.remember),
    referencesInThread: whenReady(references.inThread),
    close: async () => {
      clearInterval(sweeping);
      await ready.catch(() => undefined);
      await database.destroy();
    },
  };
}

function open(path: string) {
  try {
    return openDatabase<MemoryTables>({ path, synchronous: "FULL", busyTimeoutMs });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Guard's memory ${path} cannot be opened (${reason}); restore it from a backup, or point GUARD_DATA_DIR elsewhere.`, {
      cause: error,
    });
  }
}
