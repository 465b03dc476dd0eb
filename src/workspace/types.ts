/** A Block Kit block as it travels: which fields it has depends on `type`. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly appId: string;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly isAdmin: boolean;
  /** A guest sees the channels it is in and little else; apps are told so. */
  readonly isGuest?: boolean;
  /** Set for the app's bot user alone. */
  readonly botId: string | null;
}

export interface Channel {
  readonly id: string;
  /** Empty for a direct message. */
  readonly name: string;
  readonly kind: "channel" | "group" | "im";
  readonly topic: string;
  readonly members: readonly string[];
  readonly isArchived: boolean;
  /** Shared with another organisation. */
  readonly isShared?: boolean;
  /** Seconds since 1970. */
  readonly created: number;
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
  readonly count: number;
}

/** A message in Slack's own wire shape, so that what the API answers and what events carry is what is stored. */
export interface Message {
  readonly type: "message";
  readonly subtype?: "file_share" | "tombstone";
  readonly ts: string;
  readonly user: string;
  readonly team: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly client_msg_id?: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly thread_ts?: string;
  readonly reply_count?: number;
  readonly reply_users?: readonly string[];
  readonly reply_users_count?: number;
  readonly latest_reply?: string;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly files?: readonly FileObject[];
  readonly reactions?: readonly Reaction[];
  readonly metadata?: unknown;
}

/** A message only one person sees; Slack stores it nowhere, this workspace keeps it until the page drops it. */
export interface EphemeralMessage {
  readonly channel: string;
  readonly user: string;
  readonly message: Message;
}

/** A file as Slack's API describes it. */
export interface FileObject {
  readonly id: string;
  readonly created: number;
  readonly timestamp: number;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly filetype: string;
  readonly pretty_type: string;
  readonly user: string;
  readonly mode: "hosted" | "snippet";
  readonly editable: boolean;
  /** Bytes. */
  readonly size: number;
  readonly is_external: false;
  readonly external_type: "";
  readonly is_public: boolean;
  readonly file_access: "visible";
  readonly url_private: string;
  readonly url_private_download: string;
  readonly permalink: string;
  /** The first lines of a text file. */
  readonly preview?: string;
  readonly lines?: number;
  readonly lines_more?: number;
}

/** Whoever presents a token: a person, the app's bot, or the app itself (Socket Mode only). */
export type Caller =
  | { readonly kind: "user"; readonly user: User }
  | { readonly kind: "bot"; readonly user: User; readonly botId: string }
  | { readonly kind: "app" };

/** What happened in the workspace: the app hears of it as events, the page as frames on its socket. */
export type Change =
  | { readonly kind: "posted"; readonly channel: Channel; readonly message: Message }
  | { readonly kind: "edited"; readonly channel: Channel; readonly message: Message; readonly previous: Message; readonly ts: string }
  | { readonly kind: "deleted"; readonly channel: Channel; readonly previous: Message; readonly ts: string }
  /** `message` as it is now, with the reaction added or taken back by `user`. */
  | {
      readonly kind: "reacted";
      readonly channel: Channel;
      readonly message: Message;
      readonly user: string;
      readonly reaction: string;
      readonly added: boolean;
      readonly ts: string;
    }
  /** Reply counts: the page redraws, the app is not told. */
  | { readonly kind: "touched"; readonly channel: Channel; readonly message: Message }
  | { readonly kind: "whispered"; readonly ephemeral: EphemeralMessage }
  | { readonly kind: "hushed"; readonly ephemeral: EphemeralMessage };
