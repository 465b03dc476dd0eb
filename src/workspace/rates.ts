import { tiers, type Tier } from "./limits.js";

/** Seconds to wait before this call may be made, or null when it may be made now. */
export type CheckRate = (tier: Tier, subject: string) => number | null;

const minute = 60_000;

/** Counts an app's calls over the last minute, as Slack's tiers do; a refused call is not counted. */
export function createRates(clock: () => number): CheckRate {
  const calls = new Map<string, readonly number[]>();
  return (tier, subject) => {
    const now = clock();
    const recent = (calls.get(subject) ?? []).filter((at) => at > now - minute);
    const oldest = recent[0];
    if (recent.length >= tiers[tier] && oldest !== undefined) return Math.max(1, Math.ceil((oldest + minute - now) / 1000));
    calls.set(subject, [...recent, now]);
    return null;
  };
}
