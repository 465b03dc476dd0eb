import { randomBytes, randomUUID } from "node:crypto";

export interface Identifiers {
  /** A new id such as `C4K2…`, its first letters telling what it names. */
  readonly next: (prefix: string) => string;
  /** A new message timestamp, "seconds.micros", later than every one before it. */
  readonly ts: () => string;
  /** An unguessable lower-case hexadecimal string. */
  readonly secret: () => string;
  readonly uuid: () => string;
}

const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

/** Slack-shaped identifiers from a clock in milliseconds and the system's randomness. */
export function createIdentifiers(clock: () => number): Identifiers {
  let lastMicros = 0;
  return {
    next: (prefix) => prefix + "0" + [...randomBytes(9)].map((byte) => alphabet[byte % alphabet.length]).join(""),
    ts: () => {
      lastMicros = Math.max(lastMicros + 1, clock() * 1000);
      return `${Math.floor(lastMicros / 1_000_000)}.${String(lastMicros % 1_000_000).padStart(6, "0")}`;
    },
    secret: () => randomBytes(24).toString("hex"),
    uuid: () => randomUUID(),
  };
}
