import type { AnsweredQuestion } from "../model/answer.js";
import type { Cost } from "../model/intervention.js";
import type { ReplyMessage } from "../model/reply.js";
import { markdownBlocks } from "./markdown-blocks.js";
import { packMessages } from "./messages.js";
import { count } from "./text.js";

type Answered = Extract<AnsweredQuestion, { kind: "answered" }>;

/** An answer as Markdown: its sentences, the lines they rest on, and how it came about. */
export function answerMarkdown({ text, evidence, looks, dropped, usage }: Answered, cost: Cost): string {
  const lines = evidence.map(({ path, line, quote, permalink }) => {
    const place = permalink === null ? `\`${path}:${line}\`` : `[\`${path}:${line}\`](${permalink})`;
    return `- ${place} \`${(quote.split("\n")[0] ?? "").trim().replaceAll("`", "'")}\``;
  });
  const left =
    dropped.length === 0
      ? ""
      : `; ${count(dropped.length, "statement")} dropped because the code did not bear ${dropped.length === 1 ? "it" : "them"} out`;
  const dollars = cost.dollars === null ? "" : `, $${cost.dollars.toFixed(3)}`;
  const made =
    usage === null
      ? ""
      : `Answered by ${usage.model} after ${count(looks, "look")} at the project, every sentence checked${left}${dollars}.`;
  return [text, "It rests on:", lines.join("\n"), made].filter((part) => part !== "").join("\n\n");
}

/** The same for a thread. */
export function renderAnswer(answer: Answered, cost: Cost): readonly ReplyMessage[] {
  return packMessages(answer.text, markdownBlocks(answerMarkdown(answer, cost)));
}
