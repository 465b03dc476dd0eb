import * as z from "zod";

/** What a second reading, which did not see the first, says against the first one's claims. Claims are numbered from 1. */
export const Refutation = z.object({
  refuted: z.array(
    z.object({
      claim: z.number().int(),
      reason: z.string(),
      path: z.string(),
      line: z.number().int(),
      /** One to three lines copied verbatim that make the claim untrue. */
      quote: z.string(),
    }),
  ),
});
export type Refutation = z.infer<typeof Refutation>;
