import type { OpinionFailure, Usage } from "./opinion.js";

/** A tool the model wants called; `input` is as it sent it, to be checked. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** One whole answer of the model, whatever its shape. */
export type TalkAnswer =
  | {
      readonly kind: "answered";
      /** Its text, all blocks joined. */
      readonly text: string;
      readonly calls: readonly ToolCall[];
      /** Its blocks as they came, to be sent back unchanged in the next turn. */
      readonly content: readonly unknown[];
      readonly usage: Usage;
    }
  | { readonly kind: "unavailable"; readonly reason: OpinionFailure; readonly sentence: string; readonly usage: Usage | null };

/** The sum of what two calls used; where models differ, each model's part is kept, because each has its price. */
export function addUsage(spent: Usage | null, more: Usage | null): Usage | null {
  if (spent === null || more === null) return spent ?? more;
  const parts = [...(spent.parts ?? [spent]), ...(more.parts ?? [more])];
  const models = [...new Set(parts.map(({ model }) => model))];
  const whole = { ...sum(parts), model: more.model };
  return models.length === 1 ? whole : { ...whole, parts: models.map((model) => sum(parts.filter((part) => part.model === model))) };
}

function sum(parts: readonly Usage[]): Usage {
  const total = (count: (usage: Usage) => number) => parts.reduce((amount, part) => amount + count(part), 0);
  return {
    model: parts[0]?.model ?? "",
    inputTokens: total((part) => part.inputTokens),
    outputTokens: total((part) => part.outputTokens),
    cacheReadTokens: total((part) => part.cacheReadTokens),
    cacheWriteTokens: total((part) => part.cacheWriteTokens),
    cacheWriteHourTokens: total((part) => part.cacheWriteHourTokens ?? 0),
    calls: total((part) => part.calls),
  };
}
