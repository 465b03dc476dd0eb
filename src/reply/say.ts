import type { ReplyMessage } from "../model/reply.js";
import { actions, context, sections } from "./blocks.js";
import { stopButton } from "./buttons.js";
import { limits } from "./limits.js";
import { inlineMarkdown } from "./markdown-blocks.js";
import { inlineCode, oneLine, shorten } from "./text.js";

/** A short answer. `sentence` is plain words or inline Markdown; whatever was inserted into it is escaped here. */
export function say(sentence: string, candidates: readonly string[] = []): ReplyMessage {
  const text = inlineMarkdown(shorten(sentence, limits.sectionText / 2));
  const near = candidates
    .filter((candidate) => !sentence.includes(candidate))
    .slice(0, 5)
    .map((candidate) => inlineCode(shorten(candidate, 200)));
  return {
    text: shorten(text, limits.messageText),
    blocks: [...sections(text), ...context(near.length === 0 ? [] : [`Nearest: ${near.join(", ")}`])],
  };
}

/** What a long job is doing, in a few words, and the button that stops it. */
export function working(words: string, request: string): ReplyMessage {
  const text = `⏳ ${inlineMarkdown(oneLine(words))}`;
  return { text, blocks: [...context([text]), ...actions([stopButton(request)])] };
}
