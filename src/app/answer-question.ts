import { costOf } from "../consult/cost.js";
import { groundAnswer } from "../consult/question/ground-answer.js";
import { buildQuestionRequest } from "../consult/question/request.js";
import type { Turn } from "../consult/question/request.js";
import { runTool } from "../consult/question/run-tool.js";
import type { AnsweredQuestion } from "../model/answer.js";
import type { Consultation } from "../model/consultation.js";
import type { Usage } from "../model/opinion.js";
import type { ReportProgress, TalkToModel } from "../model/ports.js";
import type { Prompts } from "../model/prompts.js";
import { addUsage } from "../model/talk.js";

export interface QuestionPorts {
  readonly talk: TalkToModel;
  readonly prompts: Prompts;
  readonly model: string | null;
}

/** What one question may cost at most; reached means that the next call must answer. */
export interface QuestionBudget {
  readonly turns: number;
  /** Tokens read, cached ones included, over all calls. */
  readonly inputTokens: number;
  readonly dollars: number;
  /** Tool calls of one turn; further ones are turned away. */
  readonly callsPerTurn: number;
}

export const questionBudget: QuestionBudget = { turns: 12, inputTokens: 150_000, dollars: 0.6, callsPerTurn: 8 };

export interface QuestionOptions {
  readonly report?: ReportProgress;
  readonly signal?: AbortSignal;
  readonly budget?: QuestionBudget;
}

/** Lets the model look around the analysed project with tools that only read, within a budget, and checks every sentence of its answer. */
export async function answerQuestion(
  consultation: Consultation,
  ports: QuestionPorts,
  options: QuestionOptions = {},
): Promise<AnsweredQuestion> {
  const { budget = questionBudget, signal, report } = options;
  const turns: Turn[] = [];
  let usage: Usage | null = null;
  for (;;) {
    const isLast = turns.at(-1)?.left === 0;
    report?.({ step: "consult", done: turns.length, total: budget.turns });
    const answer = await ports.talk(buildQuestionRequest(consultation, turns, ports), signal);
    usage = addUsage(usage, answer.usage);
    if (answer.kind === "unavailable") return { kind: "unanswered", sentence: answer.sentence, usage };
    const looks = turns.reduce((sum, { results }) => sum + results.length, 0);
    if (answer.calls.length === 0 || isLast) return groundAnswer(answer.text, consultation, { looks, usage });
    const results = answer.calls.map((call, index) => ({
      id: call.id,
      ...(index < budget.callsPerTurn ? runTool(call, consultation) : tooMany),
    }));
    const left = isSpent(usage, consultation, budget) ? 0 : budget.turns - turns.length - 1;
    turns.push({ content: answer.content, results, left: Math.max(0, left) });
  }
}

const tooMany = { text: "Too many calls in one turn; ask again.", isError: true };

function isSpent(usage: Usage | null, { standards, at }: Consultation, budget: QuestionBudget): boolean {
  if (usage === null) return false;
  const read = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return read >= budget.inputTokens || (costOf(usage, standards.prices, at).dollars ?? 0) >= budget.dollars;
}
