import type { Cost } from "../model/intervention.js";
import type { Usage } from "../model/opinion.js";
import type { Prices } from "../model/standards.js";

/** Dollars for the tokens used, each model's at its price in force on that day (`at` in milliseconds since 1970), with the sum written out. */
export function costOf(usage: Usage | null, prices: Prices, at: number): Cost {
  if (usage === null) return { usage, dollars: null, derivation: "Claude was not asked." };
  const costs = (usage.parts ?? [usage]).map((part) => costOfPart(part, prices, at));
  const dollars = costs.some((cost) => cost.dollars === null) ? null : costs.reduce((sum, cost) => sum + (cost.dollars ?? 0), 0);
  return { usage, dollars, derivation: costs.map(({ derivation }) => derivation).join(" ") };
}

function costOfPart(usage: Usage, prices: Prices, at: number): Pick<Cost, "dollars" | "derivation"> {
  const price = priceOf(usage, prices, at);
  if (price === null) return { dollars: null, derivation: `No price is known for ${usage.model} (data/prices.yml).` };
  const hourly = usage.cacheWriteHourTokens ?? 0;
  const parts: readonly (readonly [string, number, number])[] = [
    ["input", usage.inputTokens, price.tier.input],
    ["cache read", usage.cacheReadTokens, price.tier.cache_read],
    ["cache write (5 min)", usage.cacheWriteTokens - hourly, price.tier.cache_write_5m],
    ["cache write (1 h)", hourly, price.tier.cache_write_1h],
    ["output", usage.outputTokens, price.tier.output],
  ];
  const used = parts.filter(([, tokens]) => tokens > 0);
  if (used.length === 0) return { dollars: 0, derivation: "No tokens were used." };
  const dollars = used.reduce((sum, [, tokens, rate]) => sum + (tokens * rate) / 1_000_000, 0);
  const sum = used.map(([name, tokens, rate]) => `${tokens} ${name} at $${rate}`).join(" + ");
  const calls = `${usage.calls} ${usage.calls === 1 ? "call" : "calls"}`;
  return { dollars, derivation: `${sum} per million tokens, ${usage.model}, price of ${price.since}, ${calls}.` };
}

function priceOf(usage: Usage, prices: Prices, at: number) {
  const inForce = prices.models
    .filter((entry) => isModel(usage.model, entry.model) && Date.parse(entry.effective_from) <= at)
    .sort((left, right) => Date.parse(right.effective_from) - Date.parse(left.effective_from))[0];
  const prompt = (usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens) / Math.max(1, usage.calls);
  const tier = inForce?.tiers.find((candidate) => candidate.prompt_tokens_up_to === null || prompt <= candidate.prompt_tokens_up_to);
  return inForce === undefined || tier === undefined ? null : { tier, since: inForce.effective_from };
}

/** A dated id (`claude-opus-5-5-20260922`) has the price of its model. */
function isModel(used: string, listed: string): boolean {
  return used === listed || new RegExp(`^${listed}-\\d{8}$`).test(used);
}
