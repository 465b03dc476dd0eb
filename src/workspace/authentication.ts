import { createHash, timingSafeEqual } from "node:crypto";
import { failure, found, type Found } from "./errors.js";
import type { Identifiers } from "./identifiers.js";
import type { Caller, User } from "./types.js";

export interface Tokens {
  readonly bot: string;
  readonly app: string;
  /** One token a person, by user id: whoever holds it acts as that person. */
  readonly ofUser: ReadonlyMap<string, string>;
  /** Who presents this token; `not_authed`, `invalid_auth` or `token_revoked` otherwise. */
  readonly authenticate: (presented: string | null) => Found<Caller>;
  readonly revoke: (token: string) => void;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares two secrets in a time that does not depend on where they differ. */
export const sameSecret = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));

/** Makes this run's tokens, in the shapes Slack gives them. */
export function createTokens(identifiers: Identifiers, bot: User, people: readonly User[]): Tokens {
  const botToken = `xoxb-${identifiers.secret()}`;
  const appToken = `xapp-1-${identifiers.secret()}`;
  const ofUser = new Map(people.map((person) => [person.id, `xoxp-${identifiers.secret()}`]));
  const callers = new Map<string, Caller>([
    [botToken, { kind: "bot", user: bot, botId: bot.botId ?? bot.id }],
    [appToken, { kind: "app" }],
    ...people.map((person): [string, Caller] => [ofUser.get(person.id) ?? "", { kind: "user", user: person }]),
  ]);
  const revoked = new Set<string>();
  return {
    bot: botToken,
    app: appToken,
    ofUser,
    authenticate: (presented) => {
      if (presented === null || presented === "") return failure("not_authed");
      const known = [...callers].find(([token]) => sameSecret(token, presented));
      if (known === undefined) return failure("invalid_auth");
      return revoked.has(known[0]) ? failure("token_revoked") : found(known[1]);
    },
    revoke: (token) => void revoked.add(token),
  };
}
