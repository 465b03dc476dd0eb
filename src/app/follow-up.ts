import { sectionNames } from "../model/intervention.js";
import type { StoredIntervention } from "../model/memory.js";
import type { Progress } from "../model/ports.js";
import type { FollowUp } from "../model/request.js";
import type { ReplyMessage } from "../model/reply.js";
import { renderProblem, renderProceed, renderSection } from "../reply/answers.js";
import { patchFile } from "../reply/files.js";
import { presentSections, renderAllProblems, sectionLabel } from "../reply/intervention.js";
import { renderAnswer } from "../reply/question.js";
import { say } from "../reply/say.js";
import { unknownProblem } from "./decide.js";
import { progressWords } from "./progress.js";
import { answer, threadOf, uploadAll } from "./turn.js";
import type { Turn } from "./turn.js";

/** Answers a question about what was reviewed: from Guard's own record, and an open one by looking around the project where a model may be asked. */
export async function followUp(turn: Turn, question: Exclude<FollowUp, { about: "source" }>, stored: StoredIntervention): Promise<void> {
  if (question.about === "proceed") return proceed(turn, question.option, stored);
  if (question.about === "question" && (await lookInto(turn, question.text, stored))) return;
  await answer(turn.incoming, turn.ports, answerTo(question, stored));
}

function answerTo(question: Exclude<FollowUp, { about: "source" | "proceed" }>, stored: StoredIntervention): readonly ReplyMessage[] {
  const { intervention } = stored;
  switch (question.about) {
    case "problem": {
      const problem = intervention.problems.find(({ id }) => id === question.problem);
      return problem === undefined ? [say(unknownProblem(question.problem, stored))] : renderProblem(problem);
    }
    case "section": {
      const section = sectionNames.find((name) => name === question.section);
      return section === undefined ? [say(whatCanBeAsked(stored))] : renderSection(intervention, section);
    }
    case "all_problems":
      return intervention.problems.length === 0 ? [say("This review found no problems.")] : renderAllProblems(intervention);
    case "question":
      return [say(whatCanBeAsked(stored))];
  }
}

/** Has an open question answered in the thread; false where nobody is to be asked, and Guard's record must do. */
async function lookInto(turn: Turn, question: string, stored: StoredIntervention): Promise<boolean> {
  const { incoming, ports, access } = turn;
  const repository = access.repositories.find(({ name }) => name === stored.repository);
  if (!ports.ask || repository === undefined || repository.model === "never" || question.trim() === "") return false;
  const progress = await turn.begin(threadOf(incoming), "Looking into it…", questionWords);
  const { answer: found, cost } = await ports.ask(
    { question, repository, revision: stored.revision },
    { report: progress.report, signal: turn.signal },
  );
  if (found.kind === "unanswered") {
    await progress.replace(say(`${found.sentence} ${whatCanBeAsked(stored)}`));
    return true;
  }
  const [first, ...more] = renderAnswer(found, cost);
  if (first !== undefined) await progress.replace(first);
  for (const message of more) await ports.messenger.post(threadOf(incoming), message);
  return true;
}

function questionWords(progress: Progress): string {
  const { step, done, total } = progress;
  return step === "consult" && done > 0 ? `Looking into it: turn ${done} of at most ${total ?? done}` : progressWords(progress);
}

async function proceed({ incoming, ports }: Turn, name: "minimal" | "recommended" | "complete", stored: StoredIntervention): Promise<void> {
  const { intervention } = stored;
  const option = intervention.options.find((candidate) => candidate.name === name) ?? intervention.options[0];
  if (option === undefined) return answer(incoming, ports, [say("There is nothing to proceed with: this review offers no changes.")]);
  const patches = option.patches.flatMap((index) => intervention.patches[index] ?? []);
  await answer(incoming, ports, [renderProceed(intervention, option)]);
  const file = patchFile(`guard-${option.name}`, `The ${option.name} patch`, patches);
  await uploadAll(ports, { channel: stored.channel, thread: stored.thread }, [file]);
}

/** What the record can tell, for an open question that nobody answers. */
function whatCanBeAsked({ intervention }: StoredIntervention): string {
  const sections = presentSections(intervention).map((section) => `\`show the ${sectionLabel(section).toLowerCase()}\``);
  const problem = intervention.problems[0];
  const asks = [
    ...(problem === undefined ? [] : [`\`why is ${problem.id} ${problem.severity}\``, "`show all`"]),
    ...sections.slice(0, 4),
    "`proceed`",
  ];
  return `From this review Guard can answer ${asks.join(", ")}; for other code name a path or a function, such as \`what about Shop.Orders.list/1\`.`;
}
