import type { Clock } from "../model/ports.js";

/** Milliseconds since the last lap, and since the start. */
export interface Stopwatch {
  readonly lap: () => number;
  readonly total: () => number;
}

export function createStopwatch(clock: Clock): Stopwatch {
  const started = clock();
  let lapped = started;
  return {
    lap: () => {
      const before = lapped;
      lapped = clock();
      return lapped - before;
    },
    total: () => clock() - started,
  };
}
