/** Runs `work` once for all who ask for the same key at the same time; it is aborted only when each of them has given up. */
export type SharedWork<Result> = (
  key: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result | "aborted">;

interface Running<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/** One piece of work at a time for each key. A caller whose signal fires leaves with "aborted" while the others go on waiting. */
export function createSharedWork<Result>(): SharedWork<Result> {
  const running = new Map<string, Running<Result>>();

  const begin = (key: string, work: (signal: AbortSignal) => Promise<Result>): Running<Result> => {
    const controller = new AbortController();
    const result = work(controller.signal).finally(() => running.delete(key));
    const started = { result, controller, waiting: 0 };
    running.set(key, started);
    return started;
  };

  return async (key, signal, work) => {
    if (signal?.aborted === true) return "aborted";
    const current = running.get(key);
    // Work that everyone has left is on its way out: wait for its end, then begin anew.
    if (current?.controller.signal.aborted === true) await current.result.catch(() => undefined);
    const joined = running.get(key) ?? begin(key, work);
    joined.waiting += 1;
    let leave: () => void = () => undefined;
    const left = new Promise<"aborted">((resolve) => (leave = () => resolve("aborted")));
    signal?.addEventListener("abort", leave, { once: true });
    const outcome = await Promise.race([joined.result, left]);
    signal?.removeEventListener("abort", leave);
    joined.waiting -= 1;
    if (joined.waiting > 0 || outcome !== "aborted") return outcome;
    joined.controller.abort();
    await joined.result.catch(() => undefined);
    return outcome;
  };
}
