/** A Block Kit block; `reply/` makes them within Slack's limits, `shell/slack` only sends them. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** One Slack message. `text` is the fallback for screen readers and push: the verdict sentence. */
export interface ReplyMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A dialog. `about` comes back with what was filled in: ids only, up to 3,000 characters. */
export interface ReplyModal {
  readonly callback: string;
  readonly title: string;
  readonly submit: string;
  readonly about: string;
  readonly blocks: readonly Block[];
}

export interface ReplyFile {
  readonly name: string;
  readonly title: string;
  readonly content: string;
  readonly snippetType: "diff" | "markdown" | "elixir" | "text";
}
