import type { Arguments } from "../arguments.js";
import { failure, found, type Found } from "../errors.js";
import type { State } from "../state.js";
import type { Channel, Message } from "../types.js";
import type { Actor } from "./method.js";

function lookUp(state: State, caller: Actor, reference: string): Channel | undefined {
  const name = reference.replace(/^#/, "");
  const direct = [caller.user.id, reference];
  return state
    .channels()
    .find(
      (channel) =>
        channel.id === reference ||
        (channel.kind !== "im" && channel.name === name) ||
        (channel.kind === "im" && direct.every((user) => channel.members.includes(user))),
    );
}

/** The channel an argument names, if the caller may know of it: by id, by name, or a person's id for the direct message with them. */
export function visibleChannel(state: State, caller: Actor, given: Arguments, argument = "channel"): Found<Channel> {
  const reference = given.text(argument) ?? "";
  const channel = reference === "" ? undefined : lookUp(state, caller, reference);
  if (channel === undefined) return failure("channel_not_found");
  const isMember = channel.members.includes(caller.user.id);
  return channel.kind === "channel" || isMember ? found(channel) : failure("channel_not_found");
}

/** A channel the caller may post to. */
export function writableChannel(state: State, caller: Actor, given: Arguments, argument = "channel"): Found<Channel> {
  const channel = visibleChannel(state, caller, given, argument);
  if (!channel.ok) return channel;
  if (channel.value.isArchived) return failure("is_archived");
  return channel.value.members.includes(caller.user.id) ? channel : failure("not_in_channel");
}

/** A channel whose messages the caller may read; as on Slack, a bot has to be in it. */
export function readableChannel(state: State, caller: Actor, given: Arguments): Found<Channel> {
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok || caller.kind === "user") return channel;
  return channel.value.members.includes(caller.user.id) ? channel : failure("not_in_channel");
}

/** The message a channel and a timestamp name. */
export function namedMessage(state: State, channel: Channel, ts: string | undefined): Found<Message> {
  const message = state.message(channel.id, ts ?? "");
  return message === undefined || message.subtype === "tombstone" ? failure("message_not_found") : found(message);
}

/** The thread a post goes to: none, or an existing root message. */
export function threadRoot(state: State, channel: Channel, given: Arguments): Found<string | null> {
  const ts = given.text("thread_ts") ?? "";
  if (ts === "") return found(null);
  if (!/^\d+\.\d{6}$/.test(ts)) return failure("invalid_thread_ts");
  const root = state.message(channel.id, ts);
  if (root === undefined) return failure("thread_not_found");
  return root.thread_ts === undefined || root.thread_ts === root.ts ? found(ts) : failure("cannot_reply_to_message");
}
