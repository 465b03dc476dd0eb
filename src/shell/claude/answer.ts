import type Anthropic from "@anthropic-ai/sdk";
import { Opinion } from "../../model/opinion.js";
import type { ModelAnswer, OpinionFailure, Usage } from "../../model/opinion.js";

/** Reads a finished message: an opinion when it is whole and in the review schema, else why not. `usage` is everything spent so far. */
export function readAnswer(message: Anthropic.Message, usage: Usage): ModelAnswer {
  const unavailable = (reason: OpinionFailure, sentence: string): ModelAnswer => ({ kind: "unavailable", reason, sentence, usage });
  switch (message.stop_reason) {
    case "refusal": {
      const category = message.stop_details?.category ?? null;
      return unavailable(
        "refused",
        `Claude declined to answer${category === null ? "" : ` (category ${category})`}; set GUARD_MODEL to another model if this repeats.`,
      );
    }
    case "max_tokens":
      return unavailable("cut_short", "Claude's answer was cut off at its length limit; ask about fewer files or a range of lines.");
    case "model_context_window_exceeded":
      return unavailable(
        "context_too_long",
        "The code under review is too long for one question to Claude; name fewer files or a range of lines.",
      );
    default:
      return readOpinion(message, usage) ?? unavailable("not_valid", "Claude's answer was not in the review schema; ask again.");
  }
}

function readOpinion(message: Anthropic.Message, usage: Usage): ModelAnswer | null {
  const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  const opinion = Opinion.safeParse(parseJson(text));
  return opinion.success ? { kind: "answered", opinion: opinion.data, usage } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
