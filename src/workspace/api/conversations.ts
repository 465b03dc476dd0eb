import type { Arguments } from "../arguments.js";
import { failure, type Answer } from "../errors.js";
import type { State } from "../state.js";
import type { Channel, Message } from "../types.js";
import { readableChannel, visibleChannel } from "./access.js";
import { actorMethod, paginate, type Actor, type Call, type Methods } from "./method.js";

function describe(channel: Channel, caller: Actor): Readonly<Record<string, unknown>> {
  const isMember = channel.members.includes(caller.user.id);
  const shared = { id: channel.id, created: channel.created, is_archived: channel.isArchived, is_org_shared: false };
  if (channel.kind === "im") {
    const other = channel.members.find((member) => member !== caller.user.id) ?? caller.user.id;
    return { ...shared, is_im: true, is_open: true, user: other, is_user_deleted: false, priority: 0 };
  }
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === "channel",
    is_group: channel.kind === "group",
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === "group",
    is_general: channel.name === "general",
    is_shared: channel.isShared === true,
    is_ext_shared: channel.isShared === true,
    is_pending_ext_shared: false,
    is_member: isMember,
    num_members: channel.members.length,
    topic: { value: channel.topic, creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
  };
}

const typeNames: Readonly<Record<Channel["kind"], string>> = { channel: "public_channel", group: "private_channel", im: "im" };

function list(state: State, { caller, given }: Call): Answer {
  const wanted = (given.text("types") ?? "public_channel").split(",").map((type) => type.trim());
  const visible = state
    .channels()
    .filter((channel) => wanted.includes(typeNames[channel.kind]))
    .filter((channel) => channel.kind === "channel" || channel.members.includes(caller.user.id))
    .filter((channel) => !(given.flag("exclude_archived") && channel.isArchived));
  const listing = paginate(given, visible, 100);
  if (!listing.ok) return listing;
  return {
    ok: true,
    channels: listing.page.map((channel) => describe(channel, caller)),
    response_metadata: { next_cursor: listing.cursor },
  };
}

const isTs = (text: string): boolean => /^\d+(\.\d+)?$/.test(text);

/** Keeps the messages between `oldest` and `latest`, the ends themselves only when `inclusive`. */
function withinWindow(given: Arguments, messages: readonly Message[]): readonly Message[] {
  const inclusive = given.flag("inclusive");
  const oldest = Number(given.text("oldest") ?? 0);
  const latest = Number(given.text("latest") ?? Number.POSITIVE_INFINITY);
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return (at > oldest && at < latest) || (inclusive && (at === oldest || at === latest));
  });
}

function listMessages(given: Arguments, messages: readonly Message[]): Answer {
  if (!isTs(given.text("oldest") ?? "0")) return failure("invalid_ts_oldest");
  if (!isTs(given.text("latest") ?? "0")) return failure("invalid_ts_latest");
  const listing = paginate(given, withinWindow(given, messages), 100);
  if (!listing.ok) return listing;
  const more = listing.cursor !== "";
  return { ok: true, messages: listing.page, has_more: more, ...(more ? { response_metadata: { next_cursor: listing.cursor } } : {}) };
}

function history(state: State, { caller, given }: Call): Answer {
  const channel = readableChannel(state, caller, given);
  if (!channel.ok) return channel;
  const roots = state.messages(channel.value.id).filter(({ ts, thread_ts }) => thread_ts === undefined || thread_ts === ts);
  return listMessages(given, roots.toReversed());
}

function replies(state: State, { caller, given }: Call): Answer {
  const channel = readableChannel(state, caller, given);
  if (!channel.ok) return channel;
  const asked = state.message(channel.value.id, given.text("ts") ?? "");
  if (asked === undefined) return failure("thread_not_found");
  return listMessages(given, state.thread(channel.value.id, asked.thread_ts ?? asked.ts));
}

function info(state: State, { caller, given }: Call): Answer {
  const channel = visibleChannel(state, caller, given);
  return channel.ok ? { ok: true, channel: describe(channel.value, caller) } : channel;
}

function members(state: State, { caller, given }: Call): Answer {
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const listing = paginate(given, channel.value.members, 100);
  return listing.ok ? { ok: true, members: listing.page, response_metadata: { next_cursor: listing.cursor } } : listing;
}

/** conversations.*: channels and what was said in them. */
export const conversationMethods = (state: State): Methods => ({
  "conversations.list": actorMethod("two", (call) => list(state, call)),
  "conversations.history": actorMethod("three", (call) => history(state, call)),
  "conversations.replies": actorMethod("three", (call) => replies(state, call)),
  "conversations.info": actorMethod("three", (call) => info(state, call)),
  "conversations.members": actorMethod("four", (call) => members(state, call)),
});
