import type { Block, ReplyMessage } from "../model/reply.js";
import { textLength } from "./blocks.js";
import { limits } from "./limits.js";
import { escape, oneLine, shorten } from "./text.js";

/**
 * Packs blocks into as few messages as Slack's limits allow, never dropping one. `summary` (plain words) is the first
 * message's fallback for screen readers and push; the others are numbered.
 */
export function packMessages(summary: string, blocks: readonly Block[]): readonly ReplyMessage[] {
  const groups: Block[][] = [];
  let length = 0;
  for (const block of blocks) {
    const more = textLength(block);
    const group = groups.at(-1);
    if (group === undefined || group.length >= limits.blocksPerMessage || length + more > limits.messageBlocksText) {
      groups.push([block]);
      length = more;
    } else {
      group.push(block);
      length += more;
    }
  }
  if (groups.length === 0) return [{ text: fallback(summary), blocks: [] }];
  return groups.map((group, index) => ({
    text: fallback(index === 0 ? summary : `${shorten(oneLine(summary), 200)} (part ${index + 1} of ${groups.length})`),
    blocks: group,
  }));
}

function fallback(summary: string): string {
  return shorten(escape(oneLine(summary)), limits.messageText);
}
