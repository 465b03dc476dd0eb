import PQueue from "p-queue";

/** Runs jobs: those of one thread in the order they came, a few threads at a time. */
export interface Runner {
  readonly run: (thread: string, job: () => Promise<void>) => void;
  /** Drops what has not begun and resolves when nothing runs any more. */
  readonly stop: () => Promise<void>;
  readonly whenIdle: () => Promise<void>;
}

/** `concurrency` is how many threads are worked on at once. Jobs must not reject. */
export function createRunner(concurrency: number): Runner {
  const queue = new PQueue({ concurrency });
  const lastOf = new Map<string, Promise<void>>();
  let stopped = false;

  const inTurn = async (previous: Promise<void>, job: () => Promise<void>): Promise<void> => {
    await previous;
    await queue.add(async () => {
      if (!stopped) await job();
    });
  };

  const whenIdle = async (): Promise<void> => {
    while (lastOf.size > 0) await Promise.all(lastOf.values());
  };

  return {
    run: (thread, job) => {
      const turn = inTurn(lastOf.get(thread) ?? Promise.resolve(), job);
      const settled = turn.finally(() => {
        if (lastOf.get(thread) === settled) lastOf.delete(thread);
      });
      lastOf.set(thread, settled);
    },
    whenIdle,
    stop: async () => {
      stopped = true;
      await whenIdle();
    },
  };
}
