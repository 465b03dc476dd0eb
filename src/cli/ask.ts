import { analyse } from "../app/analyse.js";
import { answerQuestion } from "../app/answer-question.js";
import { questionConsultation } from "../app/question-consultation.js";
import { costOf } from "../consult/cost.js";
import { answerMarkdown } from "../reply/question.js";
import { paintMarkdown } from "../reply/terminal-markdown.js";
import { createPaint } from "../reply/terminal.js";
import { packageRoot } from "../shell/data/package-root.js";
import { loadPrompts } from "../shell/data/prompts.js";
import type { Console } from "./console.js";
import type { AskFlags } from "./flags.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { openTreeOf, repositoryOf } from "./repository.js";
import { withSession } from "./session.js";
import { talkToClaude } from "./talk.js";

/** `guard ask`: a question about a whole project, answered by a model that may look at it and nothing else. */
export async function askCommand(location: string, question: string, flags: AskFlags, console: Console): Promise<Outcome> {
  return withSession(console, { useCache: true }, async (session) => {
    const repository = repositoryOf(location, session.configuration);
    if (repository.model === "never")
      return couldNot(`${repository.name} is marked \`model: never\`, so its code is shown to no model: use \`guard audit\`.`);
    const opened = await openTreeOf(repository, flags.ref ?? null, session.openTree, console.signal);
    if (opened.kind === "failed") return couldNot(opened.sentence);
    const decisions = await session.memory.decisionsFor(repository.name);
    const { report, signal } = console;
    const analysis = await analyse(opened.tree, session.analysis, { report, signal, decisions });
    const {
      triggers: thresholds,
      voice,
      prices,
      "library-api": libraries,
    } = await session.data("triggers", "voice", "prices", "library-api");
    const standards = { thresholds, voice, prices, libraries };
    const at = session.analysis.clock();
    const consultation = questionConsultation(analysis, { question, repository: repository.name, decisions, standards, at });
    const model = session.environment.model ?? session.configuration.model.id;
    const ports = { talk: talkToClaude(session), prompts: loadPrompts(packageRoot()), model };
    const answer = await answerQuestion(consultation, ports, { report, signal });
    if (answer.kind === "unanswered") return couldNot(answer.sentence);
    const cost = costOf(answer.usage, prices, at);
    if (flags.format === "json")
      return ran(json({ schema: 1, answer: answer.text, evidence: answer.evidence, dropped: answer.dropped, cost }));
    const markdown = answerMarkdown(answer, cost);
    return ran(flags.format === "markdown" ? `${markdown}\n` : paintMarkdown(`${markdown}\n`, createPaint(console.colour), console.width));
  });
}
