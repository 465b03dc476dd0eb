import { composeIntervention } from "../consult/compose.js";
import type { SecondReading } from "../consult/compose.js";
import { applyRefutation, buildRefuteRequest, claimsToRefute, readRefutation } from "../consult/refute.js";
import { buildModelRequest } from "../consult/request.js";
import type { Consultation } from "../model/consultation.js";
import type { Intervention } from "../model/intervention.js";
import type { ModelAnswer } from "../model/opinion.js";
import type { AskModel, TalkToModel } from "../model/ports.js";
import type { Prompts } from "../model/prompts.js";
import { addUsage } from "../model/talk.js";
import type { FactsOptions } from "./collect-facts.js";
import { prepareReview, type NotPrepared, type PreparedReview, type PreparePorts, type ReviewRequest } from "./prepare-review.js";

export interface ReviewPorts extends PreparePorts {
  /** Null means that no model is to be asked. */
  readonly askModel: AskModel | null;
  /** Model id to send; null leaves Guard's own choice. */
  readonly model: string | null;
  readonly prompts: Prompts;
  /** Asked to refute what the model claimed, in a conversation of its own; null or absent leaves that out. */
  readonly talk?: TalkToModel | null;
  /** Whether a repository's code may be shown to a model; every one's may where this is absent. */
  readonly mayAskModel?: (repository: string) => boolean;
}

export interface Reviewed extends Omit<PreparedReview, "kind"> {
  readonly kind: "reviewed";
  readonly intervention: Intervention;
}

/** One intervention about the referenced code: the whole project analysed, the model asked when there is one, its answer checked. */
export async function review(request: ReviewRequest, ports: ReviewPorts, options: FactsOptions = {}): Promise<Reviewed | NotPrepared> {
  const prepared = await prepareReview(request, ports, options);
  if (prepared.kind !== "prepared") return prepared;
  const { consultation } = prepared;
  options.report?.({ step: "consult", done: 0, total: null });
  const answer = await ask(consultation, ports, options);
  const read = answer?.kind === "answered" ? await readAgain(answer, consultation, ports, options) : { answer, second: undefined };
  options.signal?.throwIfAborted();
  options.report?.({ step: "compose", done: 0, total: null });
  return { ...prepared, kind: "reviewed", intervention: composeIntervention(consultation, read.answer, read.second) };
}

const keptHere: ModelAnswer = {
  kind: "unavailable",
  reason: "kept_here",
  sentence: "This repository is marked `model: never`, so its code was shown to no model.",
  usage: null,
};

async function ask(consultation: Consultation, ports: ReviewPorts, { signal }: FactsOptions): Promise<ModelAnswer | null> {
  if (ports.askModel === null) return null;
  const isKept = consultation.sources.some(({ repository }) => ports.mayAskModel?.(repository) === false);
  if (isKept) return keptHere;
  return ports.askModel(buildModelRequest(consultation, ports.prompts, { model: ports.model }), signal);
}

type Answered = Extract<ModelAnswer, { kind: "answered" }>;

/** Has the claims read a second time. Those refuted by lines go; when the second call fails they stay and the reply says so. */
async function readAgain(
  answer: Answered,
  consultation: Consultation,
  { talk = null, prompts, model }: ReviewPorts,
  { signal }: FactsOptions,
): Promise<{ readonly answer: Answered; readonly second?: SecondReading }> {
  const claims = talk === null ? [] : claimsToRefute(answer.opinion, consultation);
  if (talk === null || claims.length === 0) return { answer };
  const second = await talk(buildRefuteRequest(claims, consultation, prompts, { model }), signal);
  const usage = addUsage(answer.usage, second.usage) ?? answer.usage;
  const refutation = second.kind === "answered" ? readRefutation(second.text) : null;
  if (refutation === null) return { answer: { ...answer, usage }, second: { dropped: [], notice: notReadAgain } };
  const { opinion, dropped } = applyRefutation(answer.opinion, claims, refutation, consultation);
  return { answer: { ...answer, opinion, usage }, second: { dropped, notice: null } };
}

const notReadAgain = "What Claude claims was checked by code only: the second reading could not be made.";
