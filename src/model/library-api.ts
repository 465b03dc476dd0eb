import * as z from "zod";

/**
 * `data/library-api.yml`: what libraries offer, so that a sentence about one can be checked. Each module is one line of names with their
 * arities (`get/2,3 get!/2`); `options` are the option names its documentation lists.
 */
export const LibraryApi = z.strictObject({
  version: z.number().int(),
  libraries: z
    .array(
      z.strictObject({
        package: z.string().min(1),
        versions: z.string().min(1),
        source: z.string().min(1),
        options: z.string(),
        modules: z.record(z.string().min(1), z.string()),
      }),
    )
    .min(1),
});
export type LibraryApi = z.infer<typeof LibraryApi>;
