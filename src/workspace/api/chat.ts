import { readContent, type Content } from "../compose.js";
import { failure, missingField, type Answer, type Found } from "../errors.js";
import type { Identifiers } from "../identifiers.js";
import { limits } from "../limits.js";
import type { State } from "../state.js";
import { linkTypedText } from "../text/escape.js";
import { readArguments, type Arguments } from "../arguments.js";
import type { Message } from "../types.js";
import { namedMessage, threadRoot, visibleChannel, writableChannel } from "./access.js";
import { actorMethod, authorFields, type Actor, type Call, type Methods } from "./method.js";
import { permalinkOf } from "./permalink.js";

export interface ChatConfig {
  readonly state: State;
  readonly identifiers: Identifiers;
  readonly baseUrl: () => string;
}

/** A person's text is linked as Slack's composer would; an app's is taken as it is. */
export function typedContent(state: State, identifiers: Identifiers, caller: Actor, given: Arguments): Found<Content> {
  if (caller.kind === "bot") return readContent(given, identifiers);
  const text = linkTypedText(given.text("text") ?? "", (name) => state.userByName(name)?.id);
  return readContent(readArguments({ text, markdown_text: given.text("markdown_text"), blocks: structureOf(given) }), identifiers);
}

const structureOf = (given: Arguments): unknown => {
  const blocks = given.structure("blocks");
  return blocks.kind === "given" ? blocks.value : given.text("blocks");
};

/** A message as it is first written; `thread` is the ts of its thread's root, null in the channel itself. */
function newMessage(
  { state, identifiers }: Pick<ChatConfig, "state" | "identifiers">,
  caller: Actor,
  content: Content,
  thread: string | null,
): Message {
  return {
    type: "message",
    ts: identifiers.ts(),
    ...authorFields(caller, state.team.appId),
    team: state.team.id,
    text: content.text,
    blocks: content.blocks,
    ...(thread === null ? {} : { thread_ts: thread }),
  };
}

function postMessage({ state, identifiers }: ChatConfig, { caller, given }: Call): Answer {
  if (given.text("channel") === undefined) return missingField("channel");
  const channel = writableChannel(state, caller, given);
  if (!channel.ok) return channel;
  const content = typedContent(state, identifiers, caller, given);
  if (!content.ok) return content;
  const root = threadRoot(state, channel.value, given);
  if (!root.ok) return root;
  const metadata = given.structure("metadata");
  const message: Message = {
    ...newMessage({ state, identifiers }, caller, content.value, root.value),
    ...(caller.kind === "user" ? { client_msg_id: identifiers.uuid() } : {}),
    ...(metadata.kind === "given" ? { metadata: metadata.value } : {}),
  };
  state.post(channel.value, message);
  const warning = content.value.truncated ? { warning: "message_truncated", response_metadata: { warnings: ["message_truncated"] } } : {};
  return { ok: true, channel: channel.value.id, ts: message.ts, message, ...warning };
}

function update({ state, identifiers }: ChatConfig, { caller, given }: Call): Answer {
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const previous = namedMessage(state, channel.value, given.text("ts"));
  if (!previous.ok) return previous;
  if (previous.value.user !== caller.user.id) return failure("cant_update_message");
  if (channel.value.isArchived) return failure("is_inactive");
  if ((given.text("text") ?? "").length > limits.updatedText) return failure("msg_too_long");
  const content = typedContent(state, identifiers, caller, given);
  if (!content.ok) return content;
  const { text, blocks } = content.value;
  const ts = identifiers.ts();
  const message: Message = { ...previous.value, text, blocks, edited: { user: caller.user.id, ts } };
  state.edit(channel.value, message, previous.value, ts);
  return { ok: true, channel: channel.value.id, ts: message.ts, text, message };
}

function remove({ state, identifiers }: ChatConfig, { caller, given }: Call): Answer {
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const message = namedMessage(state, channel.value, given.text("ts"));
  if (!message.ok) return message;
  if (message.value.user !== caller.user.id) return failure("cant_delete_message");
  state.remove(channel.value, message.value, identifiers.ts());
  return { ok: true, channel: channel.value.id, ts: message.value.ts };
}

function postEphemeral({ state, identifiers }: ChatConfig, { caller, given }: Call): Answer {
  const channel = writableChannel(state, caller, given);
  if (!channel.ok) return channel;
  const user = state.user(given.text("user") ?? "");
  if (user === undefined) return failure("user_not_found");
  if (!channel.value.members.includes(user.id)) return failure("user_not_in_channel");
  const content = readContent(given, identifiers);
  if (!content.ok) return content;
  const root = threadRoot(state, channel.value, given);
  if (!root.ok) return root;
  const message = newMessage({ state, identifiers }, caller, content.value, root.value);
  state.whisper({ channel: channel.value.id, user: user.id, message });
  return { ok: true, message_ts: message.ts };
}

function getPermalink({ state, baseUrl }: ChatConfig, { caller, given }: Call): Answer {
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const message = namedMessage(state, channel.value, given.text("message_ts"));
  if (!message.ok) return message;
  return { ok: true, channel: channel.value.id, permalink: permalinkOf(baseUrl(), channel.value.id, message.value) };
}

/** chat.*: posting, editing, deleting, whispering and linking messages. */
export const chatMethods = (config: ChatConfig): Methods => ({
  "chat.postMessage": actorMethod("posting", (call) => postMessage(config, call)),
  "chat.update": actorMethod("three", (call) => update(config, call)),
  "chat.delete": actorMethod("three", (call) => remove(config, call)),
  "chat.postEphemeral": actorMethod("four", (call) => postEphemeral(config, call)),
  "chat.getPermalink": actorMethod("unlimited", (call) => getPermalink(config, call)),
});
