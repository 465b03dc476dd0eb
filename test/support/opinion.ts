import type { ModelAnswer, Opinion } from "../../src/model/opinion.js";

type Said = Opinion["problems"][number];

/** A problem as Claude would say it about the shop of `test/support/consultation.ts`, sound in every part. */
export const soundProblem: Said = {
  title: "`get_order!/1` does not check whose order it is",
  path: "lib/shop/orders.ex",
  line: 8,
  end_line: 8,
  quote: "  def get_order!(id), do: Repo.get!(Order, id)",
  consequence: "Whoever knows an id reads the order of another person.",
  fix: "Scope the query to the current user.",
  severity: "high",
  confidence: "likely",
  finding_ids: [],
  evidence: [],
  replacement: "",
};

export function problem(changes: Partial<Said>): Said {
  return { ...soundProblem, ...changes };
}

export function opinionWith(
  problems: readonly Said[],
  rest: { readonly summary?: string; readonly sections?: Partial<Opinion["sections"]> } = {},
): Opinion {
  const empty = { performance: "", security: "", documentation: "", monitoring: "", deployment: "", rollback: "" };
  return { summary: rest.summary ?? "", problems: [...problems], sections: { ...empty, ...rest.sections } };
}

export function answerWith(...problems: readonly Said[]): ModelAnswer {
  return answered(opinionWith(problems));
}

export function answered(opinion: Opinion): ModelAnswer {
  const usage = { model: "claude-opus-5-5", inputTokens: 1_000, outputTokens: 500, cacheReadTokens: 0, cacheWriteTokens: 0, calls: 1 };
  return { kind: "answered", opinion, usage };
}
