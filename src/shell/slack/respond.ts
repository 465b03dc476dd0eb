import type { Log, Posted } from "../../model/ports.js";
import type { ReplyMessage } from "../../model/reply.js";
import { requestTimeoutMs } from "./clients.js";
import { neutralise } from "./neutralise.js";

/** Answers a command or button at its `response_url`, seen by its user alone. Works where Guard is not a member; 5 times within 30 minutes. */
export type Respond = (responseUrl: string, message: ReplyMessage, thread: string | null) => Promise<Posted>;

export function createRespond(apiUrl: string | undefined, log: Log): Respond {
  return async (responseUrl, message, thread) => {
    if (!isTrusted(responseUrl, apiUrl)) return { kind: "failed", reason: "untrusted_response_url" };
    try {
      const answer = await fetch(responseUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(bodyOf(message, thread)),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      await answer.body?.cancel();
      if (answer.ok) return { kind: "posted", ts: "" };
      log.warn({ status: answer.status }, "a private answer was not taken");
      return { kind: "failed", reason: `http_${answer.status}` };
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, "a private answer was not sent");
      return { kind: "failed", reason: "unreachable" };
    }
  };
}

function bodyOf(message: ReplyMessage, thread: string | null): Readonly<Record<string, unknown>> {
  const { text, blocks } = neutralise(message);
  const place = thread === null ? {} : { thread_ts: thread };
  return { response_type: "ephemeral", replace_original: false, text, ...(blocks.length === 0 ? {} : { blocks }), ...place };
}

function isTrusted(responseUrl: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(responseUrl)) return false;
  const address = new URL(responseUrl);
  return apiUrl === undefined
    ? address.protocol === "https:" && address.hostname === "hooks.slack.com"
    : address.origin === new URL(apiUrl).origin;
}
