import { emoji } from "../../text/emoji.js";
import { parseMrkdwn } from "../../text/mrkdwn.js";
import type { Block, Message } from "../../types.js";
import { ActionButton } from "./button.js";
import { Markdown } from "./markdown.js";
import { RichText } from "./rich-text.js";
import { readBlock, type KnownBlock, type KnownText } from "./shapes.js";

const withEmoji = (text: string): string => text.replace(/:([a-z0-9_+-]+):/g, (written, name: string) => emoji.get(name) ?? written);

function TextObject({ text }: { readonly text: KnownText }) {
  if (text.type === "plain_text") return <span class="plain">{withEmoji(text.text)}</span>;
  return <RichText elements={parseMrkdwn(text.text)} />;
}

interface BlockProps {
  readonly block: KnownBlock;
  readonly channel: string;
  readonly ts: string;
}

function SectionBlock({ block, channel, ts }: BlockProps & { readonly block: Extract<KnownBlock, { type: "section" }> }) {
  return (
    <div class="block-section">
      <div class="block-section-text">
        {block.text !== undefined && <TextObject text={block.text} />}
        {block.fields !== undefined && (
          <div class="block-fields">
            {block.fields.map((field, index) => (
              <div key={index}>
                <TextObject text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory !== undefined && <ActionButton button={block.accessory} blockId={block.block_id} channel={channel} ts={ts} />}
    </div>
  );
}

function BlockElement({ block, channel, ts }: BlockProps) {
  switch (block.type) {
    case "header":
      return (
        <div class="block-header" role="heading" aria-level={3}>
          {withEmoji(block.text.text)}
        </div>
      );
    case "section":
      return <SectionBlock block={block} channel={channel} ts={ts} />;
    case "context":
      return (
        <div class="block-context">
          {block.elements.map((element, index) => (
            <TextObject key={index} text={element} />
          ))}
        </div>
      );
    case "divider":
      return <hr class="block-divider" />;
    case "actions":
      return (
        <div class="block-actions">
          {block.elements.map((button) => (
            <ActionButton key={button.action_id} button={button} blockId={block.block_id} channel={channel} ts={ts} />
          ))}
        </div>
      );
    case "rich_text":
      return <RichText elements={block.elements} />;
    case "markdown":
      return <Markdown text={block.text} />;
  }
}

interface BlockListProps {
  readonly blocks: readonly Block[];
  readonly channel: string;
  readonly ts: string;
}

/** Blocks as Slack draws them. */
export function BlockList({ blocks, channel, ts }: BlockListProps) {
  const known = blocks.map(readBlock);
  return (
    <div class="blocks">
      {known.map((block, index) => (block === null ? null : <BlockElement key={index} block={block} channel={channel} ts={ts} />))}
    </div>
  );
}

/** What a message says. */
export function Blocks({ message, channel }: { readonly message: Message; readonly channel: string }) {
  return <BlockList blocks={message.blocks} channel={channel} ts={message.ts} />;
}
