import * as z from "zod";
import { ignored } from "./incoming.js";
import type { Intake, Self } from "./incoming.js";
import { cleanText } from "./mention.js";
import { attachedFile, SlackFile } from "./slack-file.js";

/** The shortcut in a message's menu, as the manifest declares it. */
export const reviewShortcut = "guard:review";

const MessageAction = z.object({
  type: z.literal("message_action"),
  callback_id: z.string(),
  action_ts: z.string(),
  team: z.object({ id: z.string() }).nullable(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().nullish(), text: z.string().nullish(), files: z.array(SlackFile).nullish() }),
  response_url: z.string().nullish(),
  trigger_id: z.string().nullish(),
});

/** Reads a message shortcut: a review of what the message names or brings, answered in its thread. Null when the payload is none. */
export function readShortcut(payload: unknown, self: Self): Intake | null {
  const action = MessageAction.safeParse(payload);
  if (!action.success) return null;
  const { callback_id, action_ts, team, user, channel, message, response_url, trigger_id } = action.data;
  if (callback_id !== reviewShortcut || team === null) return ignored("unsupported_subtype");
  return {
    kind: "incoming",
    incoming: {
      asker: { team: team.id, channel: channel.id, user: user.id, ts: action_ts, thread: message.thread_ts ?? message.ts },
      door: "shortcut",
      direct: channel.id.startsWith("D"),
      external: (user.team_id ?? team.id) !== team.id,
      threaded: true,
      startsWithOther: false,
      words: `review ${cleanText(message.text ?? "", self.user)}`.trim(),
      files: (message.files ?? []).map(attachedFile),
      button: null,
      trigger: trigger_id ?? null,
      responseUrl: response_url ?? null,
    },
  };
}
