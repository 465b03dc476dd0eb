import * as z from "zod";

/** `data/checklist.yml`: what a whole project should have, and what in its code says that it does. */
export const Checklist = z.strictObject({
  version: z.number().int(),
  items: z
    .array(
      z.strictObject({
        /** As the report names it. */
        item: z.string().min(1),
        /** Hex packages that are there for it. */
        dependencies: z.array(z.string().min(1)),
        /** Code that uses it, matched literally outside comments. */
        code: z.array(z.string().min(1)),
        /** Last segments of a route that serves it. */
        routes: z.array(z.string().min(1)),
      }),
    )
    .min(1),
});
export type Checklist = z.infer<typeof Checklist>;
