import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelRequest } from "../../../src/model/opinion.js";
import type { Log } from "../../../src/model/ports.js";
import { createAskModel } from "../../../src/shell/claude/ask-model.js";
import { costOf } from "../../../src/consult/cost.js";
import { loadData } from "../../../src/shell/data/data.js";
import { packageRoot } from "../../../src/shell/data/package-root.js";
import { startMessagesApi } from "../../support/messages-api.js";
import type { MessagesApi, Scripted } from "../../support/messages-api.js";

const opinion = {
  summary: "Sound.",
  problems: [],
  sections: { performance: "", security: "", documentation: "", monitoring: "", deployment: "", rollback: "" },
};
const whole: Scripted = { text: JSON.stringify(opinion) };
const question: ModelRequest = {
  model: "claude-opus-5-5",
  max_tokens: 32_000,
  thinking: { type: "adaptive" },
  messages: [{ role: "user", content: [{ type: "text", text: "Review it." }] }],
};

describe("asking Claude", () => {
  let api: MessagesApi;
  let lines: string[];
  const log: Log = {
    info: (fields, message) => lines.push(message + JSON.stringify(fields)),
    warn: (fields, message) => lines.push(message + JSON.stringify(fields)),
    error: (fields, message) => lines.push(message + JSON.stringify(fields)),
  };
  const ask = (
    options: {
      maxRestarts?: number;
      idleMs?: number;
      timeoutMs?: number;
      baseUrl?: string;
      maxRetries?: number;
      fallbackModel?: string;
    } = {},
  ) => createAskModel({ apiKey: "test-key", baseUrl: api.url, timeoutMs: 5_000, idleMs: 5_000, maxRestarts: 1, log, ...options });

  beforeEach(async () => {
    api = await startMessagesApi();
    lines = [];
  });
  afterEach(() => api.close());

  it("gives the opinion and counts the tokens of the call", async () => {
    api.script({
      ...whole,
      usage: {
        input_tokens: 7,
        output_tokens: 90,
        cache_read_input_tokens: 400,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      },
    });
    expect(await ask()(question)).toEqual({
      kind: "answered",
      opinion,
      usage: {
        model: "claude-opus-5-5",
        inputTokens: 7,
        outputTokens: 90,
        cacheReadTokens: 400,
        cacheWriteTokens: 30,
        cacheWriteHourTokens: 20,
        calls: 1,
      },
    });
  });

  it("sends the request streamed, as a bearer, with nothing added", async () => {
    api.script(whole);
    await ask()(question);
    expect(api.calls[0]?.body).toEqual({ ...question, stream: true });
    expect(api.calls[0]?.headers.authorization).toBe("Bearer test-key");
    expect(api.calls[0]?.headers["x-api-key"]).toBeUndefined();
  });

  it("accepts a base URL written with /v1", async () => {
    api.script(whole);
    expect((await ask({ baseUrl: `${api.url}/v1/` })(question)).kind).toBe("answered");
  });

  it("answers no_key without a call when no key is set", async () => {
    const answer = await createAskModel({ apiKey: null, baseUrl: api.url, timeoutMs: 1_000, idleMs: 1_000, maxRestarts: 1, log })(question);
    expect(answer).toMatchObject({ kind: "unavailable", reason: "no_key", usage: null });
    expect(api.calls).toHaveLength(0);
  });

  it.each([
    ["a rejected key", { status: 401, type: "authentication_error", message: "invalid" }, "unauthorised", 1],
    ["an empty account", { status: 402, type: "billing_error", message: "no credit" }, "unauthorised", 1],
    ["a forbidden model", { status: 403, type: "permission_error", message: "no" }, "unauthorised", 1],
    ["an unknown model", { status: 404, type: "not_found_error", message: "model: nope" }, "not_valid", 1],
    [
      "a prompt that is too long",
      { status: 400, type: "invalid_request_error", message: "prompt is too long: 1200000 tokens" },
      "context_too_long",
      1,
    ],
    ["a body that is too large", { status: 413, type: "request_too_large", message: "too large" }, "context_too_long", 1],
    ["a refused body", { status: 400, type: "invalid_request_error", message: "bad field" }, "not_valid", 1],
    ["a rate limit", { status: 429, type: "rate_limit_error", message: "slow down" }, "rate_limited", 5],
    ["an overload", { status: 529, type: "overloaded_error", message: "Overloaded" }, "overloaded", 5],
    ["a server error", { status: 500, type: "api_error", message: "oops" }, "unreachable", 5],
  ])("names %s, after the retries that can help", async (_name, error, reason, calls) => {
    api.script({ error });
    const answer = await ask()(question);
    expect(answer).toMatchObject({ kind: "unavailable", reason, usage: null });
    expect(answer.kind === "unavailable" && answer.sentence.endsWith(".")).toBe(true);
    expect(api.calls).toHaveLength(calls);
  });

  it("gets through a rate limit that passes", async () => {
    const limit = { error: { status: 429, type: "rate_limit_error", message: "slow down" } };
    api.script(limit, limit, whole);
    expect((await ask()(question)).kind).toBe("answered");
  });

  it("names an API that is not there", async () => {
    await api.close();
    expect(await ask({ maxRetries: 1 })(question)).toMatchObject({ kind: "unavailable", reason: "unreachable" });
  });

  it.each(["error-event", "destroy", "end"] as const)(
    "asks again once when the answer breaks off by %s, and counts both calls",
    async (kind) => {
      api.script({ ...whole, fault: { kind, events: 4 } }, { ...whole, usage: { output_tokens: 60 } });
      const answer = await ask()(question);
      expect(answer).toMatchObject({ kind: "answered", usage: { calls: 2, inputTokens: 200, outputTokens: 61 } });
      expect(api.calls).toHaveLength(2);
    },
  );

  it("gives up an answer that breaks off twice, and keeps what it cost", async () => {
    api.script({ ...whole, fault: { kind: "error-event", events: 4 } });
    expect(await ask()(question)).toMatchObject({ kind: "unavailable", reason: "overloaded", usage: { calls: 2, inputTokens: 200 } });
  });

  it("does not wait for an answer that stands still", async () => {
    api.script({ ...whole, fault: { kind: "stall", events: 4 } }, whole);
    expect(await ask({ idleMs: 100 })(question)).toMatchObject({ kind: "answered", usage: { calls: 2 } });
  });

  it("gives up an answer that stands still again", async () => {
    api.script({ ...whole, fault: { kind: "stall", events: 4 } });
    const answer = await ask({ idleMs: 100 })(question);
    expect(answer).toMatchObject({ kind: "unavailable", reason: "timed_out", usage: { calls: 2 } });
  });

  it("gives up when the whole time is used, without asking again", async () => {
    api.script({ ...whole, fault: { kind: "stall", events: 4 } });
    expect(await ask({ timeoutMs: 150 })(question)).toMatchObject({ kind: "unavailable", reason: "timed_out" });
    expect(api.calls).toHaveLength(1);
  });

  it("stops when the person cancels", async () => {
    api.script({ ...whole, fault: { kind: "stall", events: 4 } });
    const controller = new AbortController();
    const answer = ask()(question, controller.signal);
    await expect.poll(() => api.calls.length).toBe(1);
    controller.abort();
    expect(await answer).toMatchObject({ kind: "unavailable", reason: "aborted" });
    expect(api.calls).toHaveLength(1);
  });

  it("does not call at all when it was cancelled before", async () => {
    expect(await ask()(question, AbortSignal.abort())).toMatchObject({ kind: "unavailable", reason: "aborted" });
    expect(api.calls).toHaveLength(0);
  });

  it("says that Claude declined, and of which kind the refusal was", async () => {
    api.script({ text: "", stopReason: "refusal", stopDetails: { type: "refusal", category: "cyber", explanation: null } });
    const answer = await ask()(question);
    expect(answer).toMatchObject({ kind: "unavailable", reason: "refused", usage: { calls: 1 } });
    expect(answer.kind === "unavailable" && answer.sentence).toContain("cyber");
  });

  it.each([
    ["max_tokens", "cut_short"],
    ["model_context_window_exceeded", "context_too_long"],
  ] as const)("keeps the usage of an answer that ended by %s", async (stopReason, reason) => {
    api.script({ text: '{"summary": "cut o', stopReason });
    expect(await ask()(question)).toMatchObject({ kind: "unavailable", reason, usage: { outputTokens: 50 } });
  });

  it.each([
    ["is not JSON", "Here is my review: all good."],
    ["is JSON of another shape", '{"verdict": "fine"}'],
    ["is empty", ""],
  ])("refuses an answer that %s", async (_name, text) => {
    api.script({ text });
    expect(await ask()(question)).toMatchObject({ kind: "unavailable", reason: "not_valid", usage: { calls: 1 } });
  });

  it("asks again once when the answer pauses, then says so", async () => {
    api.script({ text: "{", stopReason: "pause_turn" }, whole);
    expect(await ask()(question)).toMatchObject({ kind: "answered", usage: { calls: 2 } });
    api.script({ text: "{", stopReason: "pause_turn" });
    expect(await ask()(question)).toMatchObject({ kind: "unavailable", reason: "paused", usage: { calls: 2 } });
  });

  it.each<[string, Scripted]>([
    ["declines", { text: "", stopReason: "refusal" }],
    ["is overloaded", { error: { status: 529, type: "overloaded_error", message: "Overloaded" } }],
    ["stands still", { ...whole, fault: { kind: "stall", events: 4 } }],
  ])("asks the fallback model when the wanted one %s", async (_name, first) => {
    api.script(first, whole);
    const answer = await ask({ fallbackModel: "claude-sonnet-5-5", maxRetries: 0, maxRestarts: 0, idleMs: 100 })(question);
    expect(answer.kind).toBe("answered");
    expect(api.calls.map(({ body }) => body.model)).toEqual(["claude-opus-5-5", "claude-sonnet-5-5"]);
  });

  it("keeps each model's tokens apart, because each has its price", async () => {
    api.script({ text: "", stopReason: "refusal" }, whole);
    const answer = await ask({ fallbackModel: "claude-sonnet-5-5" })(question);
    expect(answer.usage?.parts?.map(({ model, calls }) => [model, calls])).toEqual([
      ["claude-opus-5-5", 1],
      ["claude-sonnet-5-5", 1],
    ]);
    const cost = costOf(answer.usage, loadData(packageRoot(), ["prices"]).prices, Date.parse("2026-11-23"));
    expect(cost.dollars).toBeCloseTo((100 * 4 + 50 * 20 + 100 * 2 + 50 * 10) / 1_000_000, 10);
  });

  it.each([400, 401, 413])("asks no other model after HTTP %i: it would fare no better", async (status) => {
    api.script({ error: { status, type: "invalid_request_error", message: "no" } });
    await ask({ fallbackModel: "claude-sonnet-5-5" })(question);
    expect(api.calls).toHaveLength(1);
  });

  it("logs neither the key nor the code", async () => {
    api.script({ error: { status: 401, type: "authentication_error", message: "invalid" } });
    await ask()(question);
    expect(lines.join("\n")).not.toMatch(/test-key|Review it/);
    expect(lines).toHaveLength(1);
  });
});
