import type { Effect } from "../../model/project.js";
import type { MatchEffects } from "../effects/match.js";
import type { Callee } from "./resolve.js";

/** What a call of a callee says to the graph. */
export interface Meaning {
  /** Effects of a library's function; none for one of the project, whose own code tells. */
  readonly effects: readonly Effect[];
  /** From Ecto's query language: what stands in a macro's span is no plain code. */
  readonly query: boolean;
  /** Runs the lambda it is given in another process without waiting. */
  readonly deferring: boolean;
  /** Neither a call inside the project nor any of the above, as with most calls. */
  readonly silent: boolean;
}

export interface Words {
  readonly effectsOf: MatchEffects;
  readonly isDeferring: (callee: Callee) => boolean;
}

/** Tells what callees mean in the module `owner`; the same callee is read once. */
export function createMeaning(owner: string, { effectsOf, isDeferring }: Words): (callee: Callee) => Meaning {
  const known = new Map<Callee, Meaning>();
  return (callee) => {
    const earlier = known.get(callee);
    if (earlier !== undefined) return earlier;
    const effects = callee.id === null ? effectsOf(callee, owner) : [];
    const query = callee.modules.includes("Ecto.Query");
    const deferring = isDeferring(callee);
    const silent = callee.id === null && effects.length === 0 && !query && !deferring;
    const meaning = { effects, query, deferring, silent };
    known.set(callee, meaning);
    return meaning;
  };
}
