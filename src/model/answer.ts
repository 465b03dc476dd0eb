import * as z from "zod";
import type { Dropped } from "./intervention.js";
import type { Usage } from "./opinion.js";

/** What the model answers to a question, before any of it is believed. */
export const Answer = z.object({
  /** The answer first, in a few sentences. */
  answer: z.string(),
  /** Lines it rests on, copied verbatim. */
  evidence: z.array(z.object({ path: z.string(), line: z.number().int(), quote: z.string() })),
});
export type Answer = z.infer<typeof Answer>;

/** An answer of which every sentence stands, with the lines it rests on; or why there is none. */
export type AnsweredQuestion =
  | {
      readonly kind: "answered";
      readonly text: string;
      readonly evidence: readonly {
        readonly path: string;
        readonly line: number;
        readonly quote: string;
        readonly permalink: string | null;
      }[];
      readonly dropped: readonly Dropped[];
      /** How many times a tool read the project. */
      readonly looks: number;
      readonly usage: Usage | null;
    }
  | { readonly kind: "unanswered"; readonly sentence: string; readonly usage: Usage | null };
