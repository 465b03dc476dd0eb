import * as z from "zod";
import { readArguments } from "./arguments.js";
import { readContent } from "./compose.js";
import { failure, type Answer } from "./errors.js";
import type { Identifiers } from "./identifiers.js";
import { limits } from "./limits.js";
import type { State } from "./state.js";
import type { Channel, Message } from "./types.js";

/** Where an answer to a command or a click goes. */
export interface Origin {
  readonly channel: Channel;
  readonly user: string;
  /** The message whose button was clicked. */
  readonly clicked: { readonly message: Message; readonly isEphemeral: boolean } | null;
}

export interface ResponseUrls {
  /** A URL the app may post to five times within thirty minutes. */
  readonly issue: (kind: "commands" | "actions", origin: Origin) => string;
  /** Handles a post to such a URL; null when no such URL was ever issued or it is used up. */
  readonly use: (path: string, body: unknown) => Answer | null;
  /** Says what an acknowledgement carries, as if it had been posted to the URL. */
  readonly say: (origin: Origin, body: unknown) => Answer;
}

export interface ResponseUrlsConfig {
  readonly state: State;
  readonly identifiers: Identifiers;
  readonly clock: () => number;
  readonly baseUrl: () => string;
}

const response = z.looseObject({
  response_type: z.enum(["ephemeral", "in_channel"]).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
});
type Response = z.infer<typeof response>;

function dropOriginal({ state, identifiers }: ResponseUrlsConfig, origin: Origin): Answer {
  if (origin.clicked === null) return failure("invalid_arguments");
  const { message, isEphemeral } = origin.clicked;
  if (isEphemeral) state.hush({ channel: origin.channel.id, user: origin.user, message });
  else state.remove(origin.channel, message, identifiers.ts());
  return { ok: true };
}

function replaceOriginal({ state, identifiers }: ResponseUrlsConfig, origin: Origin, content: Pick<Message, "text" | "blocks">): Answer {
  if (origin.clicked === null) return failure("invalid_arguments");
  const ts = identifiers.ts();
  const { message, isEphemeral } = origin.clicked;
  if (isEphemeral) {
    state.whisper({ channel: origin.channel.id, user: origin.user, message: { ...message, ...content } });
    return { ok: true };
  }
  const previous = state.message(origin.channel.id, message.ts) ?? message;
  state.edit(origin.channel, { ...previous, ...content, edited: { user: state.bot.id, ts } }, previous, ts);
  return { ok: true };
}

function respond(config: ResponseUrlsConfig, origin: Origin, given: Response): Answer {
  if (given.delete_original === true) return dropOriginal(config, origin);
  const { state, identifiers } = config;
  const content = readContent(readArguments(given), identifiers);
  if (!content.ok) return content;
  const { text, blocks } = content.value;
  if (given.replace_original === true) return replaceOriginal(config, origin, { text, blocks });
  const message: Message = {
    type: "message",
    ts: identifiers.ts(),
    user: state.bot.id,
    ...(state.bot.botId === null ? {} : { bot_id: state.bot.botId, app_id: state.team.appId }),
    team: state.team.id,
    text,
    blocks,
    ...(given.thread_ts === undefined ? {} : { thread_ts: given.thread_ts }),
  };
  if (given.response_type === "in_channel") state.post(origin.channel, message);
  else state.whisper({ channel: origin.channel.id, user: origin.user, message });
  return { ok: true };
}

/** The URLs through which an app answers a command or a click, even where it is no member. */
export function createResponseUrls(config: ResponseUrlsConfig): ResponseUrls {
  const issued = new Map<string, { readonly origin: Origin; readonly expires: number; left: number }>();
  const say = (origin: Origin, body: unknown): Answer => {
    const given = response.safeParse(typeof body === "string" ? { text: body } : body);
    return given.success ? respond(config, origin, given.data) : failure("invalid_arguments");
  };
  return {
    say,
    issue: (kind, origin) => {
      const path = `/${kind}/${config.state.team.id}/${config.identifiers.secret()}`;
      issued.set(path, { origin, expires: config.clock() + limits.responseUrlLife, left: limits.responseUrlUses });
      return config.baseUrl() + path;
    },
    use: (path, body) => {
      const entry = issued.get(path);
      if (entry === undefined || entry.left === 0 || entry.expires <= config.clock()) return null;
      entry.left -= 1;
      return say(entry.origin, body);
    },
  };
}
