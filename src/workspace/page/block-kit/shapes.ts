import * as z from "zod/mini";
import type { Block } from "../../types.js";
import type { Rich } from "../../text/rich-text.js";

/** The Block Kit the workspace has already checked, as the page reads it. */
export type KnownText = z.infer<typeof text>;
export type KnownButton = z.infer<typeof button>;
export type KnownBlock = z.infer<typeof block>;
export type KnownInput = z.infer<typeof input>;

const text = z.object({ type: z.enum(["plain_text", "mrkdwn"]), text: z.string() });
const confirm = z.object({ title: text, text, confirm: text, deny: text });
const button = z.object({
  type: z.literal("button"),
  text,
  action_id: z.string(),
  url: z.optional(z.string()),
  style: z.optional(z.enum(["primary", "danger"])),
  confirm: z.optional(confirm),
  accessibility_label: z.optional(z.string()),
});
const block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("header"), text }),
  z.object({
    type: z.literal("section"),
    block_id: z.string(),
    text: z.optional(text),
    fields: z.optional(z.array(text)),
    accessory: z.optional(button),
  }),
  z.object({ type: z.literal("context"), elements: z.array(text) }),
  z.object({ type: z.literal("divider") }),
  z.object({ type: z.literal("actions"), block_id: z.string(), elements: z.array(button) }),
  z.object({ type: z.literal("rich_text"), elements: z.array(z.custom<Rich>()) }),
  z.object({ type: z.literal("markdown"), text: z.string() }),
]);

const option = z.object({ text, value: z.string(), description: z.optional(text) });
const choice = { action_id: z.string(), options: z.array(option), initial_option: z.optional(option) };
const input = z.object({
  type: z.literal("input"),
  block_id: z.string(),
  label: text,
  hint: z.optional(text),
  optional: z.optional(z.boolean()),
  element: z.discriminatedUnion("type", [
    z.object({
      type: z.literal("plain_text_input"),
      action_id: z.string(),
      multiline: z.optional(z.boolean()),
      placeholder: z.optional(text),
      initial_value: z.optional(z.string()),
      max_length: z.optional(z.number()),
    }),
    z.object({ type: z.literal("radio_buttons"), ...choice }),
    z.object({ type: z.literal("static_select"), ...choice }),
  ]),
});

/** The block if it is an input of a modal. */
export function readInput(given: Block): KnownInput | null {
  const parsed = input.safeParse(given);
  return parsed.success ? parsed.data : null;
}

/** The block if the page can draw it. */
export function readBlock(given: Block): KnownBlock | null {
  const parsed = block.safeParse(given);
  return parsed.success ? parsed.data : null;
}
