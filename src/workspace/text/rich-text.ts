/** The pieces of a rich_text block: what mrkdwn is parsed into, what a composer sends, and what the page draws. */
export interface Style {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly strike?: boolean;
  readonly code?: boolean;
}

export type Inline =
  | { readonly type: "text"; readonly text: string; readonly style?: Style }
  | { readonly type: "link"; readonly url: string; readonly text?: string; readonly style?: Style }
  | { readonly type: "user"; readonly user_id: string }
  | { readonly type: "channel"; readonly channel_id: string }
  | { readonly type: "usergroup"; readonly usergroup_id: string }
  | { readonly type: "broadcast"; readonly range: string }
  | { readonly type: "emoji"; readonly name: string };

export interface Section {
  readonly type: "rich_text_section";
  readonly elements: readonly Inline[];
}

export type Rich =
  | Section
  | { readonly type: "rich_text_preformatted"; readonly elements: readonly Inline[] }
  | { readonly type: "rich_text_quote"; readonly elements: readonly Inline[] }
  | {
      readonly type: "rich_text_list";
      readonly style: "bullet" | "ordered";
      readonly indent: number;
      readonly elements: readonly Section[];
    };
