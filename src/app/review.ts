import { composeIntervention } from "../consult/compose.js";
import { buildModelRequest } from "../consult/request.js";
import type { Consultation } from "../model/consultation.js";
import type { Intervention } from "../model/intervention.js";
import type { ModelAnswer } from "../model/opinion.js";
import type { AskModel } from "../model/ports.js";
import type { Prompts } from "../model/prompts.js";
import type { FactsOptions } from "./collect-facts.js";
import { prepareReview, type NotPrepared, type PreparedReview, type PreparePorts, type ReviewRequest } from "./prepare-review.js";

export interface ReviewPorts extends PreparePorts {
  /** Null means that no model is to be asked. */
  readonly askModel: AskModel | null;
  /** Model id to send; null leaves Guard's own choice. */
  readonly model: string | null;
  readonly prompts: Prompts;
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
  options.signal?.throwIfAborted();
  options.report?.({ step: "compose", done: 0, total: null });
  return { ...prepared, kind: "reviewed", intervention: composeIntervention(consultation, answer) };
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
