import { failure, found, type Answer, type Found } from "../errors.js";
import type { Identifiers } from "../identifiers.js";
import { limits } from "../limits.js";
import type { State } from "../state.js";
import type { Channel, Message, Reaction } from "../types.js";
import { namedMessage, visibleChannel } from "./access.js";
import { actorMethod, type Call, type Methods } from "./method.js";
import { omit } from "../omit.js";

export interface ReactionsConfig {
  readonly state: State;
  readonly identifiers: Identifiers;
}

interface Target {
  readonly channel: Channel;
  readonly message: Message;
  readonly name: string;
}

function target(state: State, { caller, given }: Call): Found<Target> {
  const name = (given.text("name") ?? "").replace(/^:|:$/g, "");
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) return failure("invalid_name");
  const ts = given.text("timestamp");
  if (ts === undefined || given.text("channel") === undefined) return failure("no_item_specified");
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  if (!/^\d+\.\d{6}$/.test(ts)) return failure("bad_timestamp");
  if (!channel.value.members.includes(caller.user.id)) return failure("not_in_channel");
  if (channel.value.isArchived) return failure("is_archived");
  const message = namedMessage(state, channel.value, ts);
  return message.ok ? found({ channel: channel.value, message: message.value, name }) : message;
}

function withReactions(message: Message, reactions: readonly Reaction[]): Message {
  const bare = omit(message, "reactions");
  return reactions.length === 0 ? bare : { ...bare, reactions };
}

const reactionBy = (name: string, users: readonly string[]): Reaction => ({ name, users, count: users.length });

function add({ state, identifiers }: ReactionsConfig, call: Call): Answer {
  const place = target(state, call);
  if (!place.ok) return place;
  const { channel, message, name } = place.value;
  const present = message.reactions ?? [];
  const same = present.find((reaction) => reaction.name === name);
  if (same?.users.includes(call.caller.user.id) === true) return failure("already_reacted");
  if (same === undefined && present.length >= limits.emojiOnMessage) return failure("too_many_emoji");
  const added = reactionBy(name, [...(same?.users ?? []), call.caller.user.id]);
  const reactions = same === undefined ? [...present, added] : present.map((reaction) => (reaction === same ? added : reaction));
  const by = { user: call.caller.user.id, reaction: name, added: true };
  state.react({ channel, message: withReactions(message, reactions), ...by, ts: identifiers.ts() });
  return { ok: true };
}

function remove({ state, identifiers }: ReactionsConfig, call: Call): Answer {
  const place = target(state, call);
  if (!place.ok) return place;
  const { channel, message, name } = place.value;
  const present = message.reactions ?? [];
  const same = present.find((reaction) => reaction.name === name && reaction.users.includes(call.caller.user.id));
  if (same === undefined) return failure("no_reaction");
  const left = reactionBy(
    name,
    same.users.filter((user) => user !== call.caller.user.id),
  );
  const reactions = present.flatMap((reaction) => (reaction !== same ? [reaction] : left.count === 0 ? [] : [left]));
  const by = { user: call.caller.user.id, reaction: name, added: false };
  state.react({ channel, message: withReactions(message, reactions), ...by, ts: identifiers.ts() });
  return { ok: true };
}

/** reactions.*: emoji on messages. */
export const reactionMethods = (config: ReactionsConfig): Methods => ({
  "reactions.add": actorMethod("three", (call) => add(config, call)),
  "reactions.remove": actorMethod("two", (call) => remove(config, call)),
});
