import * as z from "zod";

/**
 * What the model said, before any of it is believed. This schema is sent with the request (as JSON Schema) and is what
 * `--model-answer FILE` must hold.
 */
export const Opinion = z.object({
  summary: z.string(),
  problems: z.array(
    z.object({
      title: z.string(),
      path: z.string(),
      line: z.number().int(),
      end_line: z.number().int(),
      /** One to three lines copied verbatim from the source. */
      quote: z.string(),
      consequence: z.string(),
      fix: z.string(),
      severity: z.enum(["critical", "high", "medium", "low"]),
      confidence: z.enum(["certain", "likely", "possible"]),
      /** Fingerprints of detector findings this restates or explains. */
      finding_ids: z.array(z.string()),
      evidence: z.array(z.object({ path: z.string(), line: z.number().int(), quote: z.string() })),
      /** Exact replacement of the quoted lines; empty when there is none. */
      replacement: z.string(),
    }),
  ),
  sections: z.object({
    performance: z.string(),
    security: z.string(),
    documentation: z.string(),
    monitoring: z.string(),
    deployment: z.string(),
    rollback: z.string(),
  }),
});
export type Opinion = z.infer<typeof Opinion>;

export const opinionFailures = [
  "no_key",
  "kept_here",
  "refused",
  "cut_short",
  "not_valid",
  "unreachable",
  "rate_limited",
  "overloaded",
  "timed_out",
  "unauthorised",
  "over_budget",
  "aborted",
  "context_too_long",
  "paused",
] as const;
export type OpinionFailure = (typeof opinionFailures)[number];

/** Tokens as the API counted them, for the answer that was used and for retries that were paid for. */
export interface Usage {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Those of `cacheWriteTokens` that were written for an hour; they cost more. */
  readonly cacheWriteHourTokens?: number;
  readonly calls: number;
  /** Each model's share, where more than one took part; the other fields are their sums and `model` is the last. */
  readonly parts?: readonly Usage[];
}

export type ModelAnswer =
  | { readonly kind: "answered"; readonly opinion: Opinion; readonly usage: Usage }
  | { readonly kind: "unavailable"; readonly reason: OpinionFailure; readonly sentence: string; readonly usage: Usage | null };

/** The exact Messages API body, ready to send or to print. */
export type ModelRequest = Readonly<Record<string, unknown>> & { readonly model: string };
