import * as z from "zod";

/** The dialog that asks why a problem is rejected, as its parts are named on the way out and back. */
export const rejection = { callback: "guard:reject", reason: "reason", reach: "reach" } as const;

/** What the dialog is about: where the review stands, and which problem of it is meant. */
export const Rejected = z.object({
  channel: z.string(),
  thread: z.string(),
  message: z.string(),
  intervention: z.string(),
  problem: z.string(),
});
export type Rejected = z.infer<typeof Rejected>;
