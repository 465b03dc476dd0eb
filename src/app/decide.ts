import { problemKey } from "../consult/problem-key.js";
import type { Decision, DecisionScope } from "../model/decision.js";
import type { NewDecision, StoredIntervention } from "../model/memory.js";
import type { Problem } from "../model/intervention.js";
import type { DecisionReach, Request } from "../model/request.js";
import { renderDecided } from "../reply/answers.js";
import { say } from "../reply/say.js";
import { answer, threadOf, whisper } from "./turn.js";
import type { Turn } from "./turn.js";

/** Records what a person decided about one problem of the thread's review: who, why, and where it was said. */
export async function decide(turn: Turn, request: Extract<Request, { kind: "decide" }>, stored: StoredIntervention): Promise<void> {
  const { incoming, ports } = turn;
  const problem = stored.intervention.problems.find(({ id }) => id === request.problem);
  if (problem === undefined) return answer(incoming, ports, [say(unknownProblem(request.problem, stored))]);
  if (request.verdict === "rejected" && request.reason === "") {
    const ask = say(`Say why, so that it is remembered: reply \`reject ${problem.id} because …\` here in the thread.`);
    return incoming.door === "button" ? whisper(incoming, ports, [ask]) : answer(incoming, ports, [ask]);
  }
  const wanted = await newDecision(turn, request, stored, problem);
  const standing = (await ports.memory.decisionsFor(stored.repository)).find((decision) => saysTheSame(decision, wanted));
  if (standing !== undefined) {
    const sentence = `Problem ${problem.id} is ${standing.verdict} already, by ${standing.byName}; say \`reject ${problem.id} because …\` or the like to change it.`;
    return whisper(incoming, ports, [say(sentence)]);
  }
  const decision = await ports.memory.decide(wanted);
  ports.log.info({ request: turn.id, decision: decision.id, verdict: decision.verdict }, "recorded a decision");
  await ports.messenger.post({ channel: stored.channel, thread: stored.thread }, renderDecided(problem, decision));
}

async function newDecision(
  { incoming, ports, access }: Turn,
  request: Extract<Request, { kind: "decide" }>,
  stored: StoredIntervention,
  problem: Problem,
): Promise<NewDecision> {
  const { path, line } = problem.place;
  const said = incoming.button?.message ?? incoming.asker.ts;
  return {
    repository: stored.repository,
    rule: problem.rule ?? "claude",
    scope: scopeOf(problem, request.reach),
    verdict: request.verdict,
    reason: request.reason,
    by: incoming.asker.user,
    byName: access.person.name,
    permalink: await ports.messenger.permalink({ channel: threadOf(incoming).channel, ts: said }),
    anchor: problem.anchor ?? { path, line, enclosing: path, codeHash: "" },
  };
}

/** What only Claude saw has no rule that a wider decision could name. */
function scopeOf(problem: Problem, reach: DecisionReach): DecisionScope {
  const { rule, place } = problem;
  if (rule === null || reach === "place") return { kind: "finding", fingerprint: problemKey(problem) };
  return reach === "file" ? { kind: "file", path: place.path, rule } : { kind: "repository", rule };
}

/** A second click, or the same words again: nothing new is recorded. */
function saysTheSame(standing: Decision, wanted: NewDecision): boolean {
  const sameCode = JSON.stringify([standing.scope, standing.anchor.codeHash]) === JSON.stringify([wanted.scope, wanted.anchor.codeHash]);
  return sameCode && standing.verdict === wanted.verdict && (wanted.reason === "" || wanted.reason === standing.reason);
}

/** "There is no problem 7 in this review; it has 1 to 4." */
export function unknownProblem(asked: string, { intervention }: StoredIntervention): string {
  const amount = intervention.problems.length;
  if (!/^\d+$/.test(asked)) return "Decide about one problem at a time, such as `accept 1`, so that each keeps its own reason.";
  if (amount === 0) return `There is no problem ${asked}: this review found none.`;
  return `There is no problem ${asked} in this review; it has ${amount === 1 ? "problem 1 only" : `problems 1 to ${amount}`}.`;
}
