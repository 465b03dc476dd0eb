import type { Incoming } from "../intake/incoming.js";
import { parseReferences } from "../intake/references.js";
import { readWords } from "../intake/words.js";
import type { StoredIntervention } from "../model/memory.js";
import type { Memory } from "../model/ports.js";
import type { Request } from "../model/request.js";
import type { Repository } from "../model/source.js";
import { readPress } from "../reply/buttons.js";

/** What is asked, and the answer of Guard's it is about, when there is one. */
export interface Asked {
  readonly request: Request;
  readonly stored: StoredIntervention | null;
}

/** Reads a request out of what came in: a button by its ids, words by what they say and where they were said. */
export async function readAsked(incoming: Incoming, memory: Memory, repositories: readonly Repository[]): Promise<Asked> {
  const { team, channel, thread } = incoming.asker;
  if (incoming.button !== null) return readButton(incoming.button, incoming, memory);
  const stored = incoming.threaded ? await memory.interventionInThread(team, channel, thread) : null;
  const names = repositories.flatMap((repository) => [repository.name, ...repository.aliases]);
  const request = readWords(incoming.words, {
    references: parseReferences(incoming.words, [], names),
    answered: stored !== null,
    addressed: incoming.door !== "message" || incoming.direct,
    repositories: names,
  });
  // A file says "review this" by itself.
  if (request.kind === "help" && incoming.files.length > 0) {
    return { request: { kind: "consult", references: [], question: incoming.words, repository: null, revision: null }, stored };
  }
  return { request, stored };
}

async function readButton(button: NonNullable<Incoming["button"]>, { asker, words }: Incoming, memory: Memory): Promise<Asked> {
  const press = readPress(button.action, button.value);
  const stored = press === null ? null : await memory.intervention(press.intervention);
  // The value came back from outside: it must name an answer given in this very channel.
  const own = stored !== null && stored.team === asker.team && stored.channel === asker.channel ? stored : null;
  if (press === null) return { request: { kind: "ignored", reason: "empty" }, stored: null };
  switch (press.kind) {
    case "all_problems":
      return { request: { kind: "followUp", question: { about: "all_problems", text: "" } }, stored: own };
    case "section":
      return { request: { kind: "followUp", question: { about: "section", section: press.section, text: "" } }, stored: own };
    case "proceed":
      return { request: { kind: "followUp", question: { about: "proceed", option: press.option, text: "" } }, stored: own };
    case "decide":
      return {
        request: { kind: "decide", problem: press.problem, verdict: press.verdict, reason: words, reach: press.reach },
        stored: own,
      };
  }
}
