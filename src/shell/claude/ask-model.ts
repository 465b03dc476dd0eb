import { Opinion } from "../../model/opinion.js";
import type { AskModel, TalkToModel } from "../../model/ports.js";
import { createTalk } from "./talk.js";
import type { TalkConfig } from "./talk.js";

/** Asks Claude for an opinion in the review schema. Never throws: a failure is `unavailable` with the tokens already spent. */
export function createAskModel(config: TalkConfig): AskModel {
  return askThrough(createTalk(config));
}

/** The same over a connection that serves other requests too. */
export function askThrough(talk: TalkToModel): AskModel {
  return async (request, signal) => {
    const answer = await talk(request, signal);
    if (answer.kind === "unavailable") return answer;
    const opinion = Opinion.safeParse(parseJson(answer.text));
    if (opinion.success) return { kind: "answered", opinion: opinion.data, usage: answer.usage };
    return {
      kind: "unavailable",
      reason: "not_valid",
      sentence: "Claude's answer was not in the review schema; ask again.",
      usage: answer.usage,
    };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
