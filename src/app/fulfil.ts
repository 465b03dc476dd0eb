import { renderDecisions } from "../reply/answers.js";
import { renderHelp } from "../reply/help.js";
import { markdownBlocks } from "../reply/markdown-blocks.js";
import { packMessages } from "../reply/messages.js";
import { say } from "../reply/say.js";
import { mayDiscuss } from "./access.js";
import type { Asked } from "./asked.js";
import { auditInChannel } from "./audit-in-channel.js";
import { consultInThread } from "./consult-in-thread.js";
import type { Ending } from "./consult-in-thread.js";
import { decide } from "./decide.js";
import { followUp } from "./follow-up.js";
import { answer, whisper } from "./turn.js";
import type { Turn } from "./turn.js";

/** Does what was asked. Whoever asks was authorised before; what an earlier answer was about is checked here. */
export async function fulfil(turn: Turn, { request, stored }: Asked): Promise<Ending> {
  const { incoming, ports, access } = turn;
  switch (request.kind) {
    case "consult":
      return consultInThread(turn, request);
    case "audit":
      return auditInChannel(turn, request);
    case "followUp":
    case "decide":
      return aboutAnswer(turn, { request, stored });
    case "decisions": {
      const open = (await ports.memory.searchDecisions(request.query)).filter((decision) => mayDiscuss(access, decision.repository));
      await answer(incoming, ports, renderDecisions(open, request.query));
      return "done";
    }
    case "explain": {
      const { markdown, nearest } = ports.explain(request.rule);
      const unknown = say(`There is no rule \`${request.rule}\`; \`guard rules\` lists them all.`, nearest);
      await answer(incoming, ports, markdown === null ? [unknown] : packMessages(`Rule ${request.rule}`, markdownBlocks(markdown)));
      return "done";
    }
    case "help":
      await whisper(incoming, ports, [renderHelp(access.repositories.map(({ name }) => name))]);
      return "done";
    case "ignored":
      return "done";
  }
}

async function aboutAnswer(turn: Turn, { request, stored }: Asked): Promise<Ending> {
  const { incoming, ports, access } = turn;
  if (request.kind === "followUp" && request.question.about === "source") {
    const { reference, text } = request.question;
    return consultInThread(turn, { kind: "consult", references: [reference], question: text, repository: null, revision: null });
  }
  if (stored === null) {
    const gone =
      incoming.door === "button" ? "This button belongs to an answer Guard no longer has; ask for the review again." : noReviewHere;
    await whisper(incoming, ports, [say(gone)]);
    return "done";
  }
  if (!mayDiscuss(access, stored.repository)) {
    await whisper(incoming, ports, [say("What was reviewed here is not open in this channel any more.")]);
    return "refused";
  }
  if (request.kind === "decide") await decide(turn, request, stored);
  else if (request.kind === "followUp" && request.question.about !== "source") await followUp(turn, request.question, stored);
  return "done";
}

const noReviewHere = "Guard has not reviewed anything in this thread yet; ask with `@guard review` and a path.";
