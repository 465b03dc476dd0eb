import Anthropic from "@anthropic-ai/sdk";
import type { ModelRequest, OpinionFailure, Usage } from "../../model/opinion.js";
import type { Log, TalkToModel } from "../../model/ports.js";
import { addUsage } from "../../model/talk.js";
import type { TalkAnswer } from "../../model/talk.js";
import { readAnswer } from "./answer.js";
import { failureOf } from "./failures.js";
import type { Failure } from "./failures.js";
import { usageOf } from "./usage.js";
import { createWatchdog, listeningFetch } from "./watchdog.js";

export interface TalkConfig {
  /** Null when none is set: every request is then answered `no_key` without a call. */
  readonly apiKey: string | null;
  /** Another server that speaks the Messages API; null means Anthropic's. */
  readonly baseUrl?: string | null;
  /** Asked once when the wanted model refuses, is overloaded or out of reach; null when there is no other. */
  readonly fallbackModel?: string | null;
  /** For one whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest silence within an answer, in milliseconds. */
  readonly idleMs: number;
  /** How often an answer that broke off in the middle is asked for again. */
  readonly maxRestarts: number;
  /** How often a call that was turned away before it answered is repeated, with growing pauses; 4 when not given. */
  readonly maxRetries?: number;
  readonly log: Log;
}

type Attempt =
  | { readonly kind: "finished"; readonly message: Anthropic.Message; readonly requestId: string | null }
  | { readonly kind: "failed"; readonly failure: Failure; readonly usage: Usage | null; readonly restartable: boolean };

/** Reasons that another model may not share. */
const otherModelMayAnswer: ReadonlySet<OpinionFailure> = new Set([
  "refused",
  "overloaded",
  "rate_limited",
  "unreachable",
  "timed_out",
  "paused",
]);

/** Talks to Claude through the Messages API, streamed. Never throws: a failure is `unavailable` with the tokens already spent. */
export function createTalk(config: TalkConfig): TalkToModel {
  const { apiKey, fallbackModel = null } = config;
  if (apiKey === null) return async () => noKey;
  return async (request, signal) => {
    const answer = await askOneModel(config, apiKey, request, signal);
    const isOver =
      answer.kind === "answered" || fallbackModel === null || fallbackModel === request.model || !otherModelMayAnswer.has(answer.reason);
    if (isOver) return answer;
    config.log.warn({ reason: answer.reason, model: fallbackModel }, "the fallback model is asked");
    const second = await askOneModel(config, apiKey, { ...request, model: fallbackModel }, signal);
    const usage = addUsage(answer.usage, second.usage);
    return second.kind === "answered" ? { ...second, usage: usage ?? second.usage } : { ...answer, usage };
  };
}

const noKey: TalkAnswer = {
  kind: "unavailable",
  reason: "no_key",
  sentence: "ANTHROPIC_API_KEY is not set, so Claude was not asked; set it to add a second opinion.",
  usage: null,
};

async function askOneModel(config: TalkConfig, apiKey: string, request: ModelRequest, signal?: AbortSignal): Promise<TalkAnswer> {
  let spent: Usage | null = null;
  for (let restarts = 0; ; restarts += 1) {
    const attempt = await attemptOnce(config, apiKey, request, signal);
    const again = restarts < config.maxRestarts;
    if (attempt.kind === "finished" && !(attempt.message.stop_reason === "pause_turn" && again)) {
      const usage = addUsage(spent, usageOf(attempt.message)) ?? usageOf(attempt.message);
      return logged(config.log, attempt.requestId, readAnswer(attempt.message, usage));
    }
    spent = addUsage(spent, attempt.kind === "finished" ? usageOf(attempt.message) : attempt.usage);
    if (attempt.kind === "failed" && (!attempt.restartable || !again))
      return logged(config.log, null, { kind: "unavailable", ...attempt.failure, usage: spent });
    const reason = attempt.kind === "finished" ? "paused" : attempt.failure.reason;
    config.log.warn({ reason, restarts: restarts + 1 }, "the answer broke off and is asked for again");
  }
}

async function attemptOnce(config: TalkConfig, apiKey: string, request: ModelRequest, signal?: AbortSignal): Promise<Attempt> {
  const watchdog = createWatchdog(config, signal);
  const client = createClient(config, apiKey, watchdog.heard);
  const stream = client.messages.stream(request as unknown as Anthropic.MessageStreamParams, { signal: watchdog.signal });
  // The stream forgets its message when it ends early; the tokens in it are paid for all the same.
  let partial: Anthropic.Message | null = null;
  stream.on("streamEvent", (_event, snapshot) => {
    partial = snapshot;
  });
  try {
    return { kind: "finished", message: await stream.finalMessage(), requestId: stream.request_id ?? null };
  } catch (error) {
    const stopped = watchdog.stopped();
    return {
      kind: "failed",
      failure: failureOf(error, stopped, config),
      usage: partial === null ? null : usageOf(partial),
      restartable: partial !== null && (stopped === null || stopped === "idle"),
    };
  } finally {
    watchdog.release();
  }
}

function createClient(config: TalkConfig, apiKey: string, heard: () => void): Anthropic {
  return new Anthropic({
    apiKey,
    authToken: null,
    baseURL: (config.baseUrl ?? "https://api.anthropic.com").replace(/\/+$/, "").replace(/\/v1$/, ""),
    timeout: config.timeoutMs,
    maxRetries: config.maxRetries ?? 4,
    fetch: listeningFetch(heard),
    logLevel: "off",
  });
}

function logged(log: Log, requestId: string | null, answer: TalkAnswer): TalkAnswer {
  const fields = { requestId, usage: answer.usage };
  if (answer.kind === "answered") log.info({ ...fields, calls: answer.calls.length }, "Claude answered");
  else log.warn({ ...fields, reason: answer.reason }, "Claude gave no usable answer");
  return answer;
}
