import type { Problem } from "../model/intervention.js";
import { rejection, type Rejected } from "../model/rejection.js";
import type { ReplyModal } from "../model/reply.js";
import type { DecisionReach } from "../model/request.js";
import { sections } from "./blocks.js";
import { inlineMarkdown } from "./markdown-blocks.js";
import { placeLink } from "./problem.js";
import { severitySign } from "./severity.js";
import { oneLine, shorten } from "./text.js";

const longestReason = 1_000;

/** Asks why a problem is rejected and how far that holds. */
export function rejectModal(problem: Problem, about: Rejected): ReplyModal {
  const title = inlineMarkdown(shorten(oneLine(problem.title), 600));
  const reaches: readonly DecisionReach[] = problem.rule === null ? ["place"] : ["place", "file", "repository"];
  const options = reaches.map((reach) => ({ text: plain(words[reach]), value: reach }));
  return {
    callback: rejection.callback,
    title: `Reject problem ${shorten(problem.id, 6)}`,
    submit: "Reject",
    about: JSON.stringify(about),
    blocks: [
      ...sections(`${severitySign(problem.severity)} · ${title}\n${placeLink(problem)}`),
      {
        type: "input",
        block_id: rejection.reason,
        label: plain("Why is it not a problem here?"),
        hint: plain("Kept with your name, and shown when the same point comes up again."),
        element: { type: "plain_text_input", action_id: rejection.reason, multiline: true, max_length: longestReason },
      },
      {
        type: "input",
        block_id: rejection.reach,
        label: plain("How far does that hold?"),
        element: { type: "radio_buttons", action_id: rejection.reach, options, initial_option: options[0] },
      },
    ],
  };
}

const words: Readonly<Record<DecisionReach, string>> = {
  place: "For this code, until it changes",
  file: "For this rule in the whole file",
  repository: "For this rule in the whole repository",
};

function plain(text: string) {
  return { type: "plain_text", text } as const;
}
