import * as z from "zod";

/** `data/peers.yml`: which rules of Guard mean what a check of another tool means. */
export const PeerChecks = z.strictObject({
  version: z.number().int(),
  checks: z
    .array(
      z.strictObject({
        tool: z.enum(["sobelow", "credo"]),
        /** As the tool names it, without Credo's `Credo.Check.`. */
        check: z.string().regex(/^\w+\.\w+$/),
        rules: z.array(z.string().min(1)).min(1),
        /** `lines`: both point at the same few lines; `project`: the tool names a file, and what is missing may be anywhere. */
        within: z.enum(["lines", "project"]),
      }),
    )
    .min(1),
});
export type PeerChecks = z.infer<typeof PeerChecks>;
