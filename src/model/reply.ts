/** A Block Kit block; `reply/` makes them within Slack's limits, `shell/slack` only sends them. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** One Slack message. `text` is the fallback for screen readers and push: the verdict sentence. */
export interface ReplyMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface ReplyFile {
  readonly name: string;
  readonly title: string;
  readonly content: string;
  readonly snippetType: "diff" | "markdown" | "elixir" | "text";
}
