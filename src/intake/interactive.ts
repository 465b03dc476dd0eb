import * as z from "zod";
import { ignored } from "./incoming.js";
import type { Intake, Self } from "./incoming.js";
import { cleanText } from "./mention.js";

const Command = z.object({
  command: z.string(),
  text: z.string().nullish(),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string().nullish(),
});

const BlockActions = z.object({
  type: z.literal("block_actions"),
  team: z.object({ id: z.string() }).nullable(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  channel: z.object({ id: z.string() }).nullish(),
  message: z.object({ ts: z.string(), thread_ts: z.string().nullish() }).nullish(),
  container: z.object({ message_ts: z.string().nullish(), channel_id: z.string().nullish(), thread_ts: z.string().nullish() }).nullish(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().nullish(), action_ts: z.string() })).min(1),
  response_url: z.string().nullish(),
  trigger_id: z.string().nullish(),
});

/** Reads a slash command; null when the payload is none. A command has no message, so its trigger id stands for the timestamp. */
export function readCommand(payload: unknown, self: Self): Intake | null {
  const command = Command.safeParse(payload);
  if (!command.success) return null;
  const { data } = command;
  return {
    kind: "incoming",
    incoming: {
      asker: { team: data.team_id, channel: data.channel_id, user: data.user_id, ts: data.trigger_id, thread: data.trigger_id },
      door: "command",
      direct: isDirect(data.channel_id),
      external: false,
      threaded: false,
      startsWithOther: false,
      words: cleanText(data.text ?? "", self.user),
      files: [],
      button: null,
      trigger: null,
      responseUrl: data.response_url ?? null,
    },
  };
}

/** Reads a pressed button; null when the payload is none. A link button only opens its link. */
export function readAction(payload: unknown): Intake | null {
  const pressed = BlockActions.safeParse(payload);
  if (!pressed.success) return null;
  const { data } = pressed;
  const action = data.actions[0];
  const channel = data.channel?.id ?? data.container?.channel_id ?? null;
  const message = data.message?.ts ?? data.container?.message_ts ?? null;
  if (action === undefined || channel === null || message === null || data.team === null) return ignored("unsupported_subtype");
  if ((action.value ?? "") === "") return ignored("empty");
  const thread = data.message?.thread_ts ?? data.container?.thread_ts ?? message;
  return {
    kind: "incoming",
    incoming: {
      asker: { team: data.team.id, channel, user: data.user.id, ts: action.action_ts, thread },
      door: "button",
      direct: isDirect(channel),
      external: (data.user.team_id ?? data.team.id) !== data.team.id,
      threaded: true,
      startsWithOther: false,
      words: "",
      files: [],
      button: { action: action.action_id, value: action.value ?? "", message },
      trigger: data.trigger_id ?? null,
      responseUrl: data.response_url ?? null,
    },
  };
}

function isDirect(channel: string): boolean {
  return channel.startsWith("D");
}
