import { describe, expect, it } from "vitest";
import { costOf } from "../../src/consult/cost.js";
import type { Usage } from "../../src/model/opinion.js";
import { Prices } from "../../src/model/standards.js";
import { data } from "../support/consultation.js";

const usage = (changes: Partial<Usage>): Usage => ({
  model: "claude-opus-5-5",
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  calls: 1,
  ...changes,
});
const now = Date.parse("2026-11-23");

describe("what a review cost", () => {
  it("is the sum over kinds of tokens, each at its own price, with an hour's cache writes apart", () => {
    const cost = costOf(
      usage({
        inputTokens: 1_000_000,
        outputTokens: 1_000_000,
        cacheReadTokens: 1_000_000,
        cacheWriteTokens: 1_500_000,
        cacheWriteHourTokens: 500_000,
      }),
      data.prices,
      now,
    );
    expect(cost.dollars).toBeCloseTo(4 + 20 + 0.2 + 5 + 4, 10);
  });

  it("takes the tier of the prompt's length", () => {
    const model = "claude-haiku-5-5";
    expect(costOf(usage({ model, inputTokens: 100_000 }), data.prices, now).dollars).toBeCloseTo(0.01, 10);
    expect(costOf(usage({ model, inputTokens: 200_000 }), data.prices, now).dollars).toBeCloseTo(0.1, 10);
    expect(costOf(usage({ model, inputTokens: 200_000, calls: 2 }), data.prices, now).dollars).toBeCloseTo(0.02, 10);
  });

  it("takes the price in force on that day", () => {
    const tier = { prompt_tokens_up_to: null, output: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0 };
    const entry = { model: "m", source: "test" };
    const prices = Prices.parse({
      version: 1,
      models: [
        { ...entry, effective_from: "2026-01-01", tiers: [{ ...tier, input: 1 }] },
        { ...entry, effective_from: "2026-06-01", tiers: [{ ...tier, input: 2 }] },
      ],
    });
    expect(costOf(usage({ model: "m", inputTokens: 1_000_000 }), prices, Date.parse("2026-03-01")).dollars).toBe(1);
    expect(costOf(usage({ model: "m", inputTokens: 1_000_000 }), prices, Date.parse("2026-07-01")).dollars).toBe(2);
    expect(costOf(usage({ model: "m", inputTokens: 1 }), prices, Date.parse("2025-07-01")).dollars).toBeNull();
  });

  it("is not invented for a model without a price", () => {
    expect(costOf(usage({ model: "llama-local" }), data.prices, now)).toMatchObject({
      dollars: null,
      derivation: "No price is known for llama-local (data/prices.yml).",
    });
  });

  it("is nothing for an answer that was given in a file", () => {
    expect(costOf(usage({ calls: 0 }), data.prices, now)).toMatchObject({ dollars: 0, derivation: "No tokens were used." });
  });

  it("is nothing when nobody was asked", () => {
    expect(costOf(null, data.prices, now)).toEqual({ usage: null, dollars: null, derivation: "Claude was not asked." });
  });
});
