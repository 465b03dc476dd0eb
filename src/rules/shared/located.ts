import type { Facts } from "../../model/facts.js";
import type { Slots } from "../../model/finding.js";
import type { Location } from "../../model/project.js";
import type { Match } from "../define.js";

/** A match that may lie in any file. */
export type Located<Filled extends Slots> = Omit<Match<Filled>, "span"> & { readonly at: Location };

/** The matches that lie in a file, each place once: a loop over tables repeats one line. */
export function matchesInFile<Filled extends Slots>(found: readonly Located<Filled>[], facts: Facts): Match<Filled>[] {
  const places = new Map<number, Match<Filled>>();
  for (const { at, ...match } of found) {
    if (at.path === facts.path && !places.has(at.span.start)) places.set(at.span.start, { ...match, span: at.span });
  }
  return [...places.values()];
}

/** Several matches that are one advice: the first of the surest, with the other places as evidence. */
export function together<Filled extends Slots>(matches: readonly Match<Filled>[], facts: Facts, note: string): Match<Filled>[] {
  const inDoubt = (match: Match): number => (match.confidence === "possible" ? 1 : 0);
  const [first, ...others] = [...matches].sort((left, right) => inDoubt(left) - inDoubt(right) || left.span.start - right.span.start);
  if (first === undefined) return [];
  const evidence = others.slice(0, 4).map(({ span }) => ({ at: { path: facts.path, span }, note }));
  return [{ ...first, evidence: [...first.evidence, ...evidence] }];
}

/** Groups of matches that are one advice each, by a key; those without one stay as they are. */
export function togetherBy<Filled extends Slots>(
  matches: readonly Match<Filled>[],
  keyOf: (match: Match<Filled>) => string | null,
  facts: Facts,
  note: string,
): Match<Filled>[] {
  const groups = new Map<string, Match<Filled>[]>();
  for (const match of matches) {
    const key = keyOf(match);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), match]);
  }
  return [...matches.filter((match) => keyOf(match) === null), ...[...groups.values()].flatMap((group) => together(group, facts, note))];
}
