import * as z from "zod";
import type { LibraryApi } from "./library-api.js";

/** What a threshold counts. Every measure is computed by code in `consult/triggers`. */
export const measures = [
  "components",
  "finding_categories",
  "evidence_steps",
  "decision_branches",
  "authentication_touched",
  "personal_or_financial_fields",
  "third_party_calls",
  "untested_functions_percent",
  "same_kind_repeated",
] as const;
export type Measure = (typeof measures)[number];

/** `data/triggers.yml`: when a review goes deeper, and the thresholds that need a running system and so never fire here. */
export const Thresholds = z.strictObject({
  version: z.number().int(),
  thresholds: z
    .array(z.strictObject({ name: z.string().min(1), measure: z.enum(measures), at_least: z.number().positive(), then: z.string().min(1) }))
    .min(1),
  personal_fields: z.array(z.string().min(1)),
  authentication_words: z.array(z.string().min(1)),
  needs_a_running_system: z.array(z.strictObject({ name: z.string().min(1), at_least: z.string().min(1) })),
});
export type Thresholds = z.infer<typeof Thresholds>;

/** `data/voice.yml`: what Guard never says, whoever wrote the sentence. Phrases are matched as whole words, ignoring case. */
export const Voice = z.strictObject({
  version: z.number().int(),
  hedging: z.array(z.string().min(1)),
  insults: z.array(z.string().min(1)),
  unfounded_magnitudes: z.array(z.string().min(1)),
  units: z.array(z.string().min(1)),
  /** Words of a reviewer who was told what to say. */
  obedience: z.array(z.string().min(1)),
});
export type Voice = z.infer<typeof Voice>;

const Price = z.number().nonnegative();

/** `data/prices.yml`: dollars per million tokens. The first tier whose `prompt_tokens_up_to` holds is used; null means no upper bound. */
export const Prices = z.strictObject({
  version: z.number().int(),
  models: z.array(
    z.strictObject({
      model: z.string().min(1),
      effective_from: z.iso.date(),
      source: z.string().min(1),
      tiers: z
        .array(
          z.strictObject({
            prompt_tokens_up_to: z.number().int().positive().nullable(),
            input: Price,
            output: Price,
            cache_read: Price,
            cache_write_5m: Price,
            cache_write_1h: Price,
          }),
        )
        .min(1),
    }),
  ),
});
export type Prices = z.infer<typeof Prices>;

/** What the persona is held to; each is one checked file of `data/`. */
export interface Standards {
  readonly thresholds: Thresholds;
  readonly voice: Voice;
  readonly prices: Prices;
  /** What libraries offer: a sentence that names anything else of theirs is left out. */
  readonly libraries: LibraryApi;
}
