import type Anthropic from "@anthropic-ai/sdk";
import type { OpinionFailure, Usage } from "../../model/opinion.js";
import type { TalkAnswer } from "../../model/talk.js";

/** Reads a finished message: its text and tool calls when it is whole, else why not. `usage` is everything spent so far. */
export function readAnswer(message: Anthropic.Message, usage: Usage): TalkAnswer {
  const unavailable = (reason: OpinionFailure, sentence: string): TalkAnswer => ({ kind: "unavailable", reason, sentence, usage });
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
    case "pause_turn":
      return unavailable("paused", "Claude paused in the middle of its answer and did not take it up again; ask again.");
    default:
      return { kind: "answered", text: textOf(message), calls: callsOf(message), content: sendable(message), usage };
  }
}

function textOf(message: Anthropic.Message): string {
  return message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
}

function callsOf(message: Anthropic.Message) {
  return message.content.flatMap((block) => (block.type === "tool_use" ? [{ id: block.id, name: block.name, input: block.input }] : []));
}

/** The blocks as they came, but for text blocks without text: the API gives some and takes none. */
function sendable(message: Anthropic.Message): readonly Anthropic.ContentBlock[] {
  return message.content.filter((block) => block.type !== "text" || block.text.trim() !== "");
}
