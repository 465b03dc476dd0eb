import type { Frame, Person, Snapshot } from "../page-frames.js";
import type { Channel, EphemeralMessage, Message, User } from "../types.js";

/** Everything the page draws. */
export interface PageState {
  readonly snapshot: Snapshot | null;
  readonly isOnline: boolean;
  /** The person the page acts as. */
  readonly actor: string;
  readonly channel: string;
  /** The open thread's root. */
  readonly thread: string | null;
  /** The message a permalink points at. */
  readonly highlighted: string | null;
  readonly unread: ReadonlySet<string>;
  readonly isSidebarOpen: boolean;
  readonly isAddingRepository: boolean;
}

export type Action =
  | { readonly kind: "frame"; readonly frame: Frame }
  | { readonly kind: "offline" }
  | { readonly kind: "act_as"; readonly person: string }
  | { readonly kind: "open_channel"; readonly channel: string }
  | { readonly kind: "open_thread"; readonly root: string | null }
  | { readonly kind: "go_to"; readonly channel: string; readonly ts: string; readonly thread: string | null }
  | { readonly kind: "sidebar"; readonly isOpen: boolean }
  | { readonly kind: "add_repository"; readonly isOpen: boolean };

export const initialState: PageState = {
  snapshot: null,
  isOnline: false,
  actor: "",
  channel: "",
  thread: null,
  highlighted: null,
  unread: new Set(),
  isSidebarOpen: false,
  isAddingRepository: false,
};

const byTs = (left: Message, right: Message): number => Number(left.ts) - Number(right.ts);

const upsert = (messages: readonly Message[], message: Message): readonly Message[] =>
  [...messages.filter(({ ts }) => ts !== message.ts), message].sort(byTs);

const withMessages = (snapshot: Snapshot, channel: string, messages: readonly Message[]): Snapshot => ({
  ...snapshot,
  messages: { ...snapshot.messages, [channel]: messages },
});

function applyToSnapshot(snapshot: Snapshot, frame: Exclude<Frame, { kind: "snapshot" }>): Snapshot {
  switch (frame.kind) {
    case "message":
      return withMessages(snapshot, frame.channel, upsert(snapshot.messages[frame.channel] ?? [], frame.message));
    case "removed":
      return withMessages(
        snapshot,
        frame.channel,
        (snapshot.messages[frame.channel] ?? []).filter(({ ts }) => ts !== frame.ts),
      );
    case "ephemeral": {
      const others = snapshot.ephemerals.filter(({ message }) => message.ts !== frame.ephemeral.message.ts);
      return { ...snapshot, ephemerals: [...others, frame.ephemeral] };
    }
    case "ephemeral_removed":
      return { ...snapshot, ephemerals: snapshot.ephemerals.filter(({ message }) => message.ts !== frame.ts) };
    case "views":
      return { ...snapshot, views: [...snapshot.views.filter(({ user }) => user !== frame.opened.user), frame.opened] };
    case "presence":
      return { ...snapshot, appConnected: frame.appConnected };
  }
}

function takeSnapshot(state: PageState, snapshot: Snapshot): PageState {
  const isKnown = snapshot.people.some(({ id }) => id === state.actor);
  const actor = isKnown ? state.actor : (snapshot.people[0]?.id ?? "");
  const hasChannel = snapshot.channels.some(({ id }) => id === state.channel);
  const channel = hasChannel ? state.channel : (snapshot.channels[0]?.id ?? "");
  return { ...state, snapshot, isOnline: true, actor, channel, thread: hasChannel ? state.thread : null };
}

function takeFrame(state: PageState, frame: Frame): PageState {
  if (frame.kind === "snapshot") return takeSnapshot(state, frame.snapshot);
  if (state.snapshot === null) return state;
  const next = { ...state, snapshot: applyToSnapshot(state.snapshot, frame) };
  const isUnread = frame.kind === "message" && frame.isNew && frame.channel !== state.channel && frame.message.user !== state.actor;
  return isUnread ? { ...next, unread: new Set([...state.unread, frame.channel]) } : next;
}

const readChannel = (state: PageState, channel: string): PageState => ({
  ...state,
  channel,
  unread: new Set([...state.unread].filter((one) => one !== channel)),
  isSidebarOpen: false,
});

function actAs(state: PageState, person: string): PageState {
  const current = state.snapshot?.channels.find(({ id }) => id === state.channel);
  const own = state.snapshot?.channels.find(({ kind, members }) => kind === "im" && members.includes(person));
  const isOthersDirect = current?.kind === "im" && !current.members.includes(person);
  const moved = isOthersDirect && own !== undefined ? { ...readChannel(state, own.id), thread: null } : state;
  return { ...moved, actor: person };
}

/** The page's next state. */
export function reduce(state: PageState, action: Action): PageState {
  switch (action.kind) {
    case "frame":
      return takeFrame(state, action.frame);
    case "offline":
      return { ...state, isOnline: false };
    case "act_as":
      return actAs(state, action.person);
    case "open_channel":
      return { ...readChannel(state, action.channel), thread: null, highlighted: null };
    case "open_thread":
      return { ...state, thread: action.root, highlighted: null };
    case "go_to":
      return { ...readChannel(state, action.channel), thread: action.thread, highlighted: action.ts };
    case "sidebar":
      return { ...state, isSidebarOpen: action.isOpen };
    case "add_repository":
      return { ...state, isAddingRepository: action.isOpen };
  }
}

/** One line of a conversation: a message everyone sees, or one that only the acting person does. */
export interface Entry {
  readonly message: Message;
  readonly isEphemeral: boolean;
}

const isRoot = ({ ts, thread_ts }: Message): boolean => thread_ts === undefined || thread_ts === ts;

function withEphemerals(messages: readonly Message[], ephemerals: readonly EphemeralMessage[], state: PageState): readonly Entry[] {
  const own = ephemerals.filter(({ user, channel }) => user === state.actor && channel === state.channel);
  const entries = [
    ...messages.map((message) => ({ message, isEphemeral: false })),
    ...own.map(({ message }) => ({ message, isEphemeral: true })),
  ];
  return entries.sort((left, right) => byTs(left.message, right.message));
}

/** What the open channel shows: roots, and whispers outside threads. */
export function channelEntries(state: PageState, snapshot: Snapshot): readonly Entry[] {
  const roots = (snapshot.messages[state.channel] ?? []).filter(isRoot);
  const whispers = snapshot.ephemerals.filter(({ message }) => message.thread_ts === undefined);
  return withEphemerals(roots, whispers, state);
}

/** What the open thread shows: its root, its replies and whispers in it. */
export function threadEntries(state: PageState, snapshot: Snapshot, root: string): readonly Entry[] {
  const messages = (snapshot.messages[state.channel] ?? []).filter(({ ts, thread_ts }) => ts === root || thread_ts === root);
  const whispers = snapshot.ephemerals.filter(({ message }) => message.thread_ts === root);
  return withEphemerals(messages, whispers, state);
}

export const findUser = (snapshot: Snapshot, id: string): User | undefined =>
  [...snapshot.people, snapshot.bot].find((user) => user.id === id);

export const findPerson = (snapshot: Snapshot, id: string): Person | undefined => snapshot.people.find((person) => person.id === id);

/** What a channel is called in the sidebar and the header. */
export function channelTitle(snapshot: Snapshot, channel: Channel, actor: string): string {
  if (channel.kind !== "im") return channel.name;
  const other = channel.members.find((member) => member !== actor);
  return findUser(snapshot, other ?? "")?.realName ?? "Direct message";
}
