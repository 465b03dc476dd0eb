import type { Channel, Change, EphemeralMessage, Message, Team, User } from "./types.js";
import { omit } from "./omit.js";

/** Everything the workspace holds in memory: people, channels and their messages, oldest first. */
export interface State {
  readonly team: Team;
  readonly bot: User;
  readonly people: readonly User[];
  readonly user: (id: string) => User | undefined;
  readonly userByName: (name: string) => User | undefined;
  readonly channels: () => readonly Channel[];
  readonly channel: (id: string) => Channel | undefined;
  readonly messages: (channel: string) => readonly Message[];
  readonly message: (channel: string, ts: string) => Message | undefined;
  /** A thread's root and its replies; empty when `root` starts no message. */
  readonly thread: (channel: string, root: string) => readonly Message[];
  readonly ephemerals: () => readonly EphemeralMessage[];
  readonly post: (channel: Channel, message: Message) => void;
  readonly edit: (channel: Channel, message: Message, previous: Message, ts: string) => void;
  readonly react: (change: Omit<Extract<Change, { kind: "reacted" }>, "kind">) => void;
  /** Removes a message; a root with replies leaves a tombstone, as on Slack. */
  readonly remove: (channel: Channel, previous: Message, ts: string) => void;
  readonly whisper: (ephemeral: EphemeralMessage) => void;
  readonly hush: (ephemeral: EphemeralMessage) => void;
  readonly listen: (listener: (change: Change) => void) => void;
}

export interface StateConfig {
  readonly team: Team;
  readonly bot: User;
  readonly people: readonly User[];
  readonly channels: readonly Channel[];
}

const isReply = (message: Message): boolean => message.thread_ts !== undefined && message.thread_ts !== message.ts;

/** A root message with its reply figures counted anew. */
function withReplies(root: Message, replies: readonly Message[]): Message {
  const bare = omit(root, "reply_count", "reply_users", "reply_users_count", "latest_reply", "thread_ts");
  const latest = replies.at(-1);
  if (latest === undefined) return bare;
  const users = [...new Set(replies.map((reply) => reply.user))];
  const figures = { reply_count: replies.length, reply_users: users, reply_users_count: users.length, latest_reply: latest.ts };
  return { ...bare, thread_ts: root.ts, ...figures };
}

/** Creates an empty workspace with these people and channels. */
export function createState(config: StateConfig): State {
  const channels = new Map(config.channels.map((channel) => [channel.id, channel]));
  const messages = new Map(config.channels.map((channel) => [channel.id, new Map<string, Message>()]));
  const everyone = [...config.people, config.bot];
  const listeners: ((change: Change) => void)[] = [];
  let ephemerals: readonly EphemeralMessage[] = [];

  const emit = (change: Change): void => listeners.forEach((listener) => listener(change));
  const inChannel = (channel: string): Map<string, Message> => messages.get(channel) ?? new Map<string, Message>();
  const thread = (channel: string, root: string): readonly Message[] =>
    [...inChannel(channel).values()].filter((message) => message.ts === root || message.thread_ts === root);

  const touch = (channel: Channel, message: Message): void => {
    inChannel(channel.id).set(message.ts, message);
    emit({ kind: "touched", channel, message });
  };
  const recount = (channel: Channel, rootTs: string | undefined): void => {
    const root = rootTs === undefined ? undefined : inChannel(channel.id).get(rootTs);
    if (root !== undefined) touch(channel, withReplies(root, thread(channel.id, root.ts).filter(isReply)));
  };

  return {
    team: config.team,
    bot: config.bot,
    people: config.people,
    user: (id) => everyone.find((user) => user.id === id),
    userByName: (name) => everyone.find((user) => user.name === name),
    channels: () => [...channels.values()],
    channel: (id) => channels.get(id),
    messages: (channel) => [...inChannel(channel).values()],
    message: (channel, ts) => inChannel(channel).get(ts),
    thread,
    ephemerals: () => ephemerals,
    react: (change) => {
      inChannel(change.channel.id).set(change.message.ts, change.message);
      emit({ kind: "reacted", ...change });
    },
    post: (channel, message) => {
      inChannel(channel.id).set(message.ts, message);
      emit({ kind: "posted", channel, message });
      if (isReply(message)) recount(channel, message.thread_ts);
    },
    edit: (channel, message, previous, ts) => {
      inChannel(channel.id).set(message.ts, message);
      emit({ kind: "edited", channel, message, previous, ts });
    },
    remove: (channel, previous, ts) => {
      const emptied = { subtype: "tombstone", text: "This message was deleted.", blocks: [] } as const;
      const tombstone: Message = { ...omit(previous, "files", "reactions"), ...emptied };
      const hasReplies = previous.reply_count !== undefined;
      if (hasReplies) inChannel(channel.id).set(previous.ts, tombstone);
      else inChannel(channel.id).delete(previous.ts);
      emit({ kind: "deleted", channel, previous, ts });
      if (hasReplies) emit({ kind: "touched", channel, message: tombstone });
      if (isReply(previous)) recount(channel, previous.thread_ts);
    },
    whisper: (ephemeral) => {
      const others = ephemerals.filter(({ message }) => message.ts !== ephemeral.message.ts);
      ephemerals = [...others, ephemeral];
      emit({ kind: "whispered", ephemeral });
    },
    hush: (ephemeral) => {
      ephemerals = ephemerals.filter(({ message }) => message.ts !== ephemeral.message.ts);
      emit({ kind: "hushed", ephemeral });
    },
    listen: (listener) => void listeners.push(listener),
  };
}
