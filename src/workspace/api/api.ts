import type { IncomingMessage } from "node:http";
import type { Arguments } from "../arguments.js";
import type { Tokens } from "../authentication.js";
import { failure, type Answer } from "../errors.js";
import type { CheckRate } from "../rates.js";
import type { Caller } from "../types.js";
import type { Method, Methods } from "./method.js";

export interface ApiConfig {
  readonly methods: Methods;
  readonly tokens: Tokens;
  readonly checkRate: CheckRate;
}

export interface ApiAnswer {
  readonly body: Answer;
  /** Seconds; set when the call came too soon. */
  readonly retryAfter: number | null;
}

const bearer = /^Bearer\s+(\S+)$/i;

/** The token a request carries: in its Authorization header, or in its form. */
export const presentedToken = (request: IncomingMessage, given: Arguments | null): string | null =>
  bearer.exec(request.headers.authorization ?? "")?.[1] ?? given?.text("token") ?? null;

async function dispatch(method: Method, caller: Caller, token: string, given: Arguments): Promise<Answer> {
  if (method.callers === "app") return caller.kind === "app" ? method.answer() : failure("not_allowed_token_type");
  if (caller.kind === "app") return failure("not_allowed_token_type");
  if (method.callers === "actors") return method.answer({ caller, token, given });
  return caller.kind === "user" ? method.answer({ caller, token, given }) : failure("not_allowed_token_type");
}

/** Answers one call of the Web API: method, token, rate, then the method itself. */
export function createApi({ methods, tokens, checkRate }: ApiConfig) {
  return async (name: string, token: string | null, given: Arguments): Promise<ApiAnswer> => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) return { body: { ...failure("unknown_method"), req_method: name }, retryAfter: null };
    const caller = tokens.authenticate(token);
    if (!caller.ok) return { body: caller, retryAfter: null };
    const subject = method.tier === "posting" ? `${name} ${given.text("channel") ?? ""}` : name;
    const retryAfter = caller.value.kind === "bot" ? checkRate(method.tier, subject) : null;
    if (retryAfter !== null) return { body: failure("ratelimited"), retryAfter };
    return { body: await dispatch(method, caller.value, token ?? "", given), retryAfter: null };
  };
}
