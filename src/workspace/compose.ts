import type { Arguments } from "./arguments.js";
import { checkBlocks } from "./blocks.js";
import { failure, found, type Found } from "./errors.js";
import type { Identifiers } from "./identifiers.js";
import { limits } from "./limits.js";
import { escapeText } from "./text/escape.js";
import { parseMrkdwn } from "./text/mrkdwn.js";
import type { Block } from "./types.js";

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly truncated: boolean;
}

/** What a message without blocks of its own shows: its text as one rich_text block. */
export const blocksFromText = (text: string, newId: () => string): readonly Block[] =>
  text === "" ? [] : [{ type: "rich_text", block_id: newId(), elements: parseMrkdwn(text) }];

/** Reads the text, markdown and blocks of a message to post; refuses what Slack refuses. */
export function readContent(given: Arguments, identifiers: Identifiers): Found<Content> {
  const newId = (): string => identifiers.secret().slice(0, 5);
  const text = given.text("text") ?? "";
  const markdown = given.text("markdown_text");
  const blocks = given.structure("blocks");
  if (blocks.kind === "malformed") return failure("invalid_blocks_format");
  if (markdown !== undefined) {
    if (text !== "" || blocks.kind === "given") return failure("markdown_text_conflict");
    if (markdown.length > limits.markdownText) return failure("msg_too_long");
    return found({ text: escapeText(markdown), blocks: [{ type: "markdown", block_id: newId(), text: markdown }], truncated: false });
  }
  const checked = blocks.kind === "given" ? checkBlocks(blocks.value, newId) : found([]);
  if (!checked.ok) return checked;
  if (text.trim() === "" && checked.value.length === 0) return failure("no_text");
  const kept = escapeText(text.slice(0, limits.postedText));
  const shown = checked.value.length > 0 ? checked.value : blocksFromText(kept, newId);
  return found({ text: kept, blocks: shown, truncated: text.length > limits.postedText });
}
