import type Anthropic from "@anthropic-ai/sdk";
import type { Usage } from "../../model/opinion.js";

/** What one answer, whole or broken off, has cost in tokens as far as the API reported it. */
export function usageOf(message: Anthropic.Message): Usage {
  const { usage } = message;
  return {
    model: message.model,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_input_tokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
    cacheWriteHourTokens: usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
    calls: 1,
  };
}
