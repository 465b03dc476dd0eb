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
        /** `Module.function`s whose call is for it. */
        calls: z.array(z.string().regex(/^.+\..+$/)),
        /** Modules that are there for it once another one uses or plugs them. */
        uses: z.array(z.string().min(1)),
        /** Last segments of a route that serves it. */
        routes: z.array(z.string().min(1)),
        /** Plugs of a router's pipelines or of the endpoint that are there for it. */
        plugs: z.array(z.string().min(1)).optional(),
        /** Tables of schemas that keep what it is about. */
        tables: z.array(z.string().min(1)).optional(),
      }),
    )
    .min(1),
});
export type Checklist = z.infer<typeof Checklist>;
