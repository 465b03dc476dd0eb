/** Who a Slack user is, as far as access depends on it. */
export interface Person {
  readonly user: string;
  readonly team: string;
  readonly name: string;
  /** Single- or multi-channel guest. */
  readonly guest: boolean;
  /** From another organisation, or unknown to this one. */
  readonly stranger: boolean;
  readonly bot: boolean;
  readonly deactivated: boolean;
}

/** What a Slack channel is, as far as access depends on it. */
export interface Conversation {
  readonly channel: string;
  /** Without `#`; empty for direct messages. */
  readonly name: string;
  readonly direct: boolean;
  /** Shared with another organisation, or about to be. */
  readonly external: boolean;
  readonly archived: boolean;
}

/** Looks people and channels up; null when Slack does not say, which whoever asks must take as a no. */
export interface Directory {
  readonly person: (user: string) => Promise<Person | null>;
  readonly conversation: (channel: string) => Promise<Conversation | null>;
}

/** Text of an attached file, or one sentence why it was not read. */
export type Download = { readonly kind: "downloaded"; readonly text: string } | { readonly kind: "failed"; readonly sentence: string };

/** Fetches a file people attached to a message. */
export type DownloadFile = (file: {
  readonly name: string;
  readonly url: string | null;
  readonly size: number | null;
}) => Promise<Download>;
