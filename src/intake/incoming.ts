import * as z from "zod";
import type { IgnoredReason } from "../model/request.js";

/** A file attached to a message, before anyone downloaded it. `url` is null when Slack shows only its id (shared channels). */
export const AttachedFile = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number().nullable(),
  url: z.string().nullable(),
});
export type AttachedFile = z.infer<typeof AttachedFile>;

/** A pressed button: what it does and what it is about, as ids. */
export const Button = z.object({ action: z.string(), value: z.string(), message: z.string() });
export type Button = z.infer<typeof Button>;

/**
 * One thing said to Guard, reduced to what the story needs. It is what memory keeps (as JSON) while a request is open,
 * so that a restart can take it up again.
 */
export const Incoming = z.object({
  asker: z.object({ team: z.string(), channel: z.string(), user: z.string(), ts: z.string(), thread: z.string() }),
  door: z.enum(["mention", "message", "command", "button", "shortcut"]),
  /** Said in a direct message, where every word is meant for Guard. */
  direct: z.boolean(),
  /** Slack marked the channel as shared with, or the person as belonging to, another organisation. */
  external: z.boolean(),
  /** Said as a reply in a thread. */
  threaded: z.boolean(),
  /** Begins by naming somebody other than Guard. */
  startsWithOther: z.boolean(),
  words: z.string(),
  files: z.array(AttachedFile),
  button: Button.nullable(),
  /** Lets Guard open one dialog for whoever pressed, within three seconds. */
  trigger: z.string().nullable().default(null),
  /** Slack's one-time address for answering a command or a button, valid 30 minutes. */
  responseUrl: z.string().nullable(),
});
export type Incoming = z.infer<typeof Incoming>;

export type Intake =
  { readonly kind: "incoming"; readonly incoming: Incoming } | { readonly kind: "ignored"; readonly reason: IgnoredReason };

/** Who Guard is in the workspace it is installed in. */
export interface Self {
  readonly team: string;
  readonly user: string;
  readonly bot: string | null;
}

export function ignored(reason: IgnoredReason): Intake {
  return { kind: "ignored", reason };
}
