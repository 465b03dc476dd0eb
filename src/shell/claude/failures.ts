import Anthropic from "@anthropic-ai/sdk";
import type { OpinionFailure } from "../../model/opinion.js";

export interface Failure {
  readonly reason: OpinionFailure;
  readonly sentence: string;
}

type ApiError = InstanceType<typeof Anthropic.APIError>;

/** Why a call stopped on Guard's own side, when it did. */
export type Stopped = "aborted" | "idle" | "timeout" | null;

/** Names what went wrong with a call: the thing, the reason and the remedy in one sentence. */
export function failureOf(error: unknown, stopped: Stopped, limits: { readonly timeoutMs: number; readonly idleMs: number }): Failure {
  if (stopped === "aborted") return { reason: "aborted", sentence: "The question to Claude was cancelled; ask again to have it answered." };
  if (stopped === "idle")
    return {
      reason: "timed_out",
      sentence: `Claude's answer stood still for ${seconds(limits.idleMs)} and was given up; ask again later.`,
    };
  if (stopped === "timeout" || error instanceof Anthropic.APIConnectionTimeoutError)
    return { reason: "timed_out", sentence: `Claude did not finish within ${seconds(limits.timeoutMs)}; ask again, or about fewer files.` };
  if (error instanceof Anthropic.APIUserAbortError)
    return { reason: "aborted", sentence: "The question to Claude was cancelled; ask again to have it answered." };
  if (error instanceof Anthropic.APIConnectionError)
    return { reason: "unreachable", sentence: "The Claude API could not be reached; check the network and ANTHROPIC_BASE_URL." };
  if (error instanceof Anthropic.APIError) return failureOfAnswer(error as ApiError);
  return { reason: "unreachable", sentence: "The connection to the Claude API broke off in the middle of the answer; ask again." };
}

function failureOfAnswer(error: ApiError): Failure {
  const type = error.type ?? "";
  if (type === "overloaded_error" || error.status === 529)
    return { reason: "overloaded", sentence: "The Claude API is overloaded; ask again in a few minutes." };
  if (type === "rate_limit_error" || error.status === 429)
    return { reason: "rate_limited", sentence: "The Claude API's rate limit for this key is reached; ask again in a few minutes." };
  if (error.status === 401 || error.status === 403)
    return { reason: "unauthorised", sentence: `The Claude API refused the key (HTTP ${error.status}); check ANTHROPIC_API_KEY.` };
  if (error.status === 402)
    return { reason: "unauthorised", sentence: "The Claude account has no credit left (HTTP 402); top it up or change ANTHROPIC_API_KEY." };
  if (error.status === 413 || /prompt is too long|context/i.test(error.message))
    return {
      reason: "context_too_long",
      sentence: "The code under review is too long for one question to Claude; name fewer files or a range of lines.",
    };
  if (error.status === 404)
    return {
      reason: "not_valid",
      sentence: "The Claude API does not know this model or address (HTTP 404); check GUARD_MODEL and ANTHROPIC_BASE_URL.",
    };
  if (error.status !== undefined && error.status < 500)
    return {
      reason: "not_valid",
      sentence: `The Claude API refused the question (HTTP ${error.status}, ${type || "no type given"}); report this to Guard's operator.`,
    };
  return {
    reason: "unreachable",
    sentence: `The Claude API failed (${error.status === undefined ? type || "mid-answer" : `HTTP ${error.status}`}); ask again in a few minutes.`,
  };
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
