import { failure, found, type Found } from "./errors.js";
import type { Identifiers } from "./identifiers.js";
import { limits } from "./limits.js";

/** What a person's click, command or shortcut gives the app: the right to open one view for that person, for three seconds. */
export interface Triggers {
  readonly issue: (user: string) => string;
  /** The person whose trigger it is; it is spent then. */
  readonly exchange: (trigger: string) => Found<string>;
}

export function createTriggers(identifiers: Identifiers, clock: () => number): Triggers {
  const issued = new Map<string, { readonly user: string; readonly expires: number; isSpent: boolean }>();
  return {
    issue: (user) => {
      const trigger = `${clock()}.${user}.${identifiers.secret()}`;
      issued.set(trigger, { user, expires: clock() + limits.triggerLife, isSpent: false });
      return trigger;
    },
    exchange: (trigger) => {
      const known = issued.get(trigger);
      if (known === undefined) return failure("invalid_trigger_id");
      if (known.isSpent) return failure("exchanged_trigger_id");
      if (known.expires < clock()) return failure("expired_trigger_id");
      known.isSpent = true;
      return found(known.user);
    },
  };
}
