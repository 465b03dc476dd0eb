import type { Arguments } from "../arguments.js";
import type { Answer, Failure } from "../errors.js";
import type { Tier } from "../limits.js";
import type { Caller } from "../types.js";

/** Someone who can post: a person, or the app's bot. */
export type Actor = Exclude<Caller, { kind: "app" }>;

export interface Call<From extends Caller = Actor> {
  readonly caller: From;
  readonly token: string;
  readonly given: Arguments;
}

/** One Web API method: who may call it, how often the app may, and what it answers. */
export type Method =
  | { readonly callers: "actors"; readonly tier: Tier; readonly answer: (call: Call) => Answer | Promise<Answer> }
  | {
      readonly callers: "people";
      readonly tier: Tier;
      readonly answer: (call: Call<Extract<Caller, { kind: "user" }>>) => Answer | Promise<Answer>;
    }
  | { readonly callers: "app"; readonly tier: Tier; readonly answer: () => Answer | Promise<Answer> };

export type Methods = Readonly<Record<string, Method>>;

export const actorMethod = (tier: Tier, answer: (call: Call) => Answer | Promise<Answer>): Method => ({ callers: "actors", tier, answer });

export const authorFields = (caller: Actor, appId: string): { user: string; bot_id?: string; app_id?: string } =>
  caller.kind === "bot" ? { user: caller.user.id, bot_id: caller.botId, app_id: appId } : { user: caller.user.id };

/** A page of a listing with Slack's opaque cursor for the next one. */
export function paginate<Item>(
  given: Arguments,
  items: readonly Item[],
  usual: number,
): { readonly ok: true; readonly page: readonly Item[]; readonly cursor: string } | Failure {
  const limit = given.count("limit") ?? usual;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) return { ok: false, error: "invalid_limit" };
  const cursor = given.text("cursor") ?? "";
  const start = cursor === "" ? 0 : Number(/^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) return { ok: false, error: "invalid_cursor" };
  const end = start + limit;
  return { ok: true, page: items.slice(start, end), cursor: end < items.length ? Buffer.from(`next:${end}`).toString("base64") : "" };
}
