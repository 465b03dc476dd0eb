import { createRandom, type Random } from "./random.js";

/** What came of one kind of attack. */
export interface Fuzzed {
  readonly what: string;
  readonly tried: number;
  /** The first few inputs that threw, with what was thrown. */
  readonly crashes: readonly string[];
  /** Inputs that took longer than `longestMs`. */
  readonly slow: readonly string[];
  readonly slowestMs: number;
}

export const longestMs = 5_000;
const kept = 5;

/** Tries an attack `times` times; each has its own seed, which is told when it fails. */
export async function fuzz(what: string, times: number, seed: number, attempt: (random: Random) => Promise<void>): Promise<Fuzzed> {
  const crashes: string[] = [];
  const slow: string[] = [];
  let slowestMs = 0;
  for (let index = 0; index < times; index += 1) {
    const own = seed + index;
    const started = performance.now();
    try {
      await attempt(createRandom(own));
    } catch (error) {
      if (crashes.length < kept) crashes.push(`seed ${own}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const ms = performance.now() - started;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > longestMs && slow.length < kept) slow.push(`seed ${own}: ${Math.round(ms)} ms`);
    if (index % 500 === 499) process.stderr.write(`${what}: ${index + 1} of ${times}\n`);
  }
  return { what, tried: times, crashes, slow, slowestMs };
}
