import { composeIntervention } from "../consult/compose.js";
import { buildModelRequest } from "../consult/request.js";
import type { Intervention } from "../model/intervention.js";
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
  const modelRequest = buildModelRequest(consultation, ports.prompts, { model: ports.model });
  const answer = ports.askModel === null ? null : await ports.askModel(modelRequest, options.signal);
  options.signal?.throwIfAborted();
  options.report?.({ step: "compose", done: 0, total: null });
  return { ...prepared, kind: "reviewed", intervention: composeIntervention(consultation, answer) };
}
