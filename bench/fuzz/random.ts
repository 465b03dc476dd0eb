/** Chance that is the same for the same seed, so that a failure can be had again. */
export interface Random {
  /** A whole number from 0 up to, but not including, `below`. */
  readonly below: (below: number) => number;
  readonly one: <Value>(values: readonly Value[]) => Value;
  readonly chance: (share: number) => boolean;
}

/** Mulberry32: small, and good enough to choose mutations. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    one: (values) => {
      if (values.length === 0) throw new Error("There is nothing to choose from.");
      return values[below(values.length)] as (typeof values)[number];
    },
  };
}
