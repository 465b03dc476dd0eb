import type { Channel, EphemeralMessage, Message, Team, User } from "./types.js";
import type { Opened } from "./views.js";

/** A person the page can act as, with the token that makes it so. */
export interface Person extends User {
  readonly token: string;
}

/** Something worth typing first, shown where a channel is still empty. */
export interface SuggestedPrompt {
  readonly title: string;
  readonly text: string;
}

export interface SlashCommand {
  readonly command: string;
  readonly description: string;
  readonly usage: string;
}

/** An entry the app adds to every message's menu. */
export interface MessageShortcut {
  readonly name: string;
  readonly callbackId: string;
}

/** Everything the page needs to draw itself; sent whenever its socket opens. */
export interface Snapshot {
  readonly team: Team;
  readonly bot: User;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly messages: Readonly<Record<string, readonly Message[]>>;
  readonly ephemerals: readonly EphemeralMessage[];
  /** What each person has open. */
  readonly views: readonly Opened[];
  readonly commands: readonly SlashCommand[];
  readonly shortcuts: readonly MessageShortcut[];
  readonly prompts: readonly SuggestedPrompt[];
  readonly canAddRepository: boolean;
  readonly appConnected: boolean;
}

/** What the workspace tells the page. */
export type Frame =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "message"; readonly channel: string; readonly message: Message; readonly isNew: boolean }
  | { readonly kind: "removed"; readonly channel: string; readonly ts: string }
  | { readonly kind: "ephemeral"; readonly ephemeral: EphemeralMessage }
  | { readonly kind: "ephemeral_removed"; readonly ts: string }
  | { readonly kind: "views"; readonly opened: Opened }
  | { readonly kind: "presence"; readonly appConnected: boolean };
