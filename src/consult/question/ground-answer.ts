import { Answer } from "../../model/answer.js";
import type { AnsweredQuestion } from "../../model/answer.js";
import type { Consultation } from "../../model/consultation.js";
import type { Usage } from "../../model/opinion.js";
import { groundSentences } from "../ground.js";
import { createLinkTo } from "../permalink.js";

/** What is left of an answer: sentences that stand and the quotes they rest on. None where no quote stands or no sentence is left. */
export function groundAnswer(
  text: string,
  consultation: Consultation,
  spent: { readonly looks: number; readonly usage: Usage | null },
): AnsweredQuestion {
  const said = readAnswer(text);
  const unanswered = (sentence: string): AnsweredQuestion => ({ kind: "unanswered", sentence, usage: spent.usage });
  if (said === null) return unanswered("Claude's answer was not in the schema of answers; ask again.");
  const { kept, evidence, dropped } = groundSentences(said.answer, said.evidence, consultation);
  if (evidence.length === 0)
    return unanswered("Claude's answer rests on no line that stands in the code, so it is not shown; ask about a file or a function.");
  if (kept === "")
    return unanswered("No sentence of Claude's answer stood up to the code, so it is not shown; ask about a file or a function.");
  const linkTo = createLinkTo(consultation.sources);
  return {
    ...{ kind: "answered", text: kept, dropped, ...spent },
    evidence: evidence.map((step) => ({ ...step, permalink: linkTo(step.path, step.line, step.line) })),
  };
}

function readAnswer(text: string): Answer | null {
  try {
    return Answer.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
