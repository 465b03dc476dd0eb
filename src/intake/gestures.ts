import * as z from "zod";
import { cleanText } from "./mention.js";
import type { Self } from "./incoming.js";

/** What a person does to a message instead of saying something. `message` is the timestamp of the message it is done to. */
export type Gesture = Done &
  (
    | { readonly kind: "crossed_out"; readonly user: string; readonly external: boolean }
    | { readonly kind: "deleted" }
    /** `words` are what the message says now. */
    | { readonly kind: "edited"; readonly user: string; readonly words: string }
  );

interface Done {
  readonly team: string;
  readonly channel: string;
  readonly message: string;
}

const Reaction = z.object({
  type: z.literal("reaction_added"),
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.literal("message"), channel: z.string(), ts: z.string() }),
});

const Deleted = z.object({
  type: z.literal("message"),
  subtype: z.literal("message_deleted"),
  channel: z.string(),
  deleted_ts: z.string(),
});

const Said = z.object({ ts: z.string(), user: z.string().optional(), bot_id: z.string().nullish(), text: z.string().nullish() });
const Edited = z.object({
  type: z.literal("message"),
  subtype: z.literal("message_changed"),
  channel: z.string(),
  message: Said,
  previous_message: Said.nullish(),
});

const Callback = z.object({
  type: z.literal("event_callback"),
  team_id: z.string(),
  is_ext_shared_channel: z.boolean().nullish(),
  authorizations: z.array(z.object({ team_id: z.string().nullable() })).nullish(),
  event: z.union([Reaction, Deleted, Edited]),
});

const crosses: readonly string[] = ["x", "octagonal_sign", "no_entry", "no_entry_sign"];

/** Reads a payload as a gesture; null when it is none that Guard heeds. Never throws. */
export function readGesture(payload: unknown, self: Self): Gesture | null {
  const callback = Callback.safeParse(payload);
  if (!callback.success) return null;
  const { event, team_id, authorizations, is_ext_shared_channel } = callback.data;
  const team = authorizations?.[0]?.team_id ?? team_id;
  if (event.type === "reaction_added") {
    if (!crosses.includes(event.reaction) || event.user === self.user) return null;
    const { channel, ts } = event.item;
    return { kind: "crossed_out", team, channel, message: ts, user: event.user, external: is_ext_shared_channel === true };
  }
  if (event.subtype === "message_deleted") return { kind: "deleted", team, channel: event.channel, message: event.deleted_ts };
  return readEdit(team, event, self);
}

/** Slack tells of an edit also when it only unfurls a link: what is said must differ. */
function readEdit(team: string, { channel, message, previous_message }: z.infer<typeof Edited>, self: Self): Gesture | null {
  const { user } = message;
  if (user === undefined || user === self.user || (message.bot_id ?? null) !== null) return null;
  const words = cleanText(message.text ?? "", self.user);
  if (words === cleanText(previous_message?.text ?? "", self.user)) return null;
  return { kind: "edited", team, channel, message: message.ts, user, words };
}
