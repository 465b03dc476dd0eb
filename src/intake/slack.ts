import * as z from "zod";
import { ignored } from "./incoming.js";
import type { Intake, Self } from "./incoming.js";
import { readAction, readCommand } from "./interactive.js";
import { cleanText, readAddressing } from "./mention.js";
import { readShortcut } from "./shortcut.js";
import { attachedFile, SlackFile } from "./slack-file.js";
import { readSubmission } from "./submission.js";

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

const Event = z.object({
  type: z.enum(["app_mention", "message"]),
  subtype: z.string().optional(),
  user: z.string().optional(),
  bot_id: optionalText,
  text: optionalText,
  ts: z.string(),
  thread_ts: z.string().optional(),
  channel: z.string(),
  channel_type: z.string().optional(),
  user_team: optionalText,
  source_team: optionalText,
  files: z.array(SlackFile).nullish(),
});
type Event = z.infer<typeof Event>;

const EventCallback = z.object({
  type: z.literal("event_callback"),
  team_id: z.string(),
  is_ext_shared_channel: z.boolean().nullish(),
  authorizations: z.array(z.object({ team_id: z.string().nullable() })).nullish(),
  event: Event,
});
type EventCallback = z.infer<typeof EventCallback>;

const allowedSubtypes: readonly string[] = ["file_share", "thread_broadcast"];

/** Reads any payload Slack delivers: an event, a slash command, a pressed button, a filled-in dialog or a shortcut. Never throws; what is not for Guard says why. */
export function readSlackPayload(payload: unknown, self: Self): Intake {
  const callback = EventCallback.safeParse(payload);
  if (callback.success) return readEvent(callback.data, self);
  return (
    readCommand(payload, self) ??
    readAction(payload) ??
    readSubmission(payload) ??
    readShortcut(payload, self) ??
    ignored("unsupported_subtype")
  );
}

function readEvent(callback: EventCallback, self: Self): Intake {
  const { event } = callback;
  const reason = ignoredBecause(event, self);
  if (reason !== null) return ignored(reason);
  const text = event.text ?? "";
  const addressing = readAddressing(text, self.user);
  const direct = event.channel_type === "im";
  const mentioned = addressing.guard;
  if (event.type === "app_mention" && !mentioned) return ignored("not_for_guard");
  const threaded = event.thread_ts !== undefined && event.thread_ts !== event.ts;
  if (!mentioned && !direct && !threaded) return ignored("not_for_guard");
  if (!mentioned && addressing.startsWithOther) return ignored("other_people_talking");
  return {
    kind: "incoming",
    incoming: {
      asker: { ...identityOf(callback), user: event.user ?? "", ts: event.ts, thread: event.thread_ts ?? event.ts },
      door: mentioned ? "mention" : "message",
      direct,
      external: isExternal(callback),
      threaded,
      startsWithOther: addressing.startsWithOther,
      words: cleanText(text, self.user),
      files: (event.files ?? []).map(attachedFile),
      button: null,
      trigger: null,
      responseUrl: null,
    },
  };
}

function ignoredBecause(event: Event, self: Self): "own_message" | "bot_message" | "system_message" | "unsupported_subtype" | null {
  if (event.user === self.user || (event.bot_id !== null && event.bot_id === self.bot)) return "own_message";
  if (event.bot_id !== null || event.subtype === "bot_message") return "bot_message";
  if (event.subtype !== undefined && !allowedSubtypes.includes(event.subtype)) return "unsupported_subtype";
  if (event.user === undefined || event.user === "USLACK" || event.user === "USLACKBOT") return "system_message";
  return null;
}

/** The installation's team: `team_id` may be the other organisation's in a shared channel. */
function identityOf(callback: EventCallback): { team: string; channel: string } {
  return { team: callback.authorizations?.[0]?.team_id ?? callback.team_id, channel: callback.event.channel };
}

function isExternal(callback: EventCallback): boolean {
  const { team } = identityOf(callback);
  const foreign = [callback.event.user_team, callback.event.source_team].some((other) => other !== null && other !== team);
  return callback.is_ext_shared_channel === true || foreign;
}
