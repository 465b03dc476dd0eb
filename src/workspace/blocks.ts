import * as z from "zod";
import { failure, found, type Found } from "./errors.js";
import { limits } from "./limits.js";
import type { Block } from "./types.js";

export const identifier = z.string().max(255).optional();
export const plainText = (max: number) =>
  z.object({ type: z.literal("plain_text"), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
const mrkdwnText = (max: number) =>
  z.object({ type: z.literal("mrkdwn"), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });
const anyText = (max: number) => z.discriminatedUnion("type", [plainText(max), mrkdwnText(max)]);

const confirm = z.object({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(["primary", "danger"]).optional(),
});

const button = z.object({
  type: z.literal("button"),
  text: plainText(75),
  action_id: identifier,
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
  confirm: confirm.optional(),
  accessibility_label: z.string().max(75).optional(),
});

const style = z.object({ bold: z.boolean(), italic: z.boolean(), strike: z.boolean(), code: z.boolean() }).partial().optional();
const inline = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string().min(1), style }),
  z.object({ type: z.literal("link"), url: z.string().min(1), text: z.string().optional(), style }),
  z.object({ type: z.literal("user"), user_id: z.string(), style }),
  z.object({ type: z.literal("channel"), channel_id: z.string(), style }),
  z.object({ type: z.literal("usergroup"), usergroup_id: z.string(), style }),
  z.object({ type: z.literal("broadcast"), range: z.enum(["here", "channel", "everyone"]) }),
  z.object({ type: z.literal("emoji"), name: z.string() }),
]);
const border = z.number().int().min(0).max(1).optional();
const richSection = z.object({ type: z.literal("rich_text_section"), elements: z.array(inline) });
const rich = z.discriminatedUnion("type", [
  richSection,
  z.object({ type: z.literal("rich_text_preformatted"), elements: z.array(inline), border, language: z.string().optional() }),
  z.object({ type: z.literal("rich_text_quote"), elements: z.array(inline), border }),
  z.object({
    type: z.literal("rich_text_list"),
    style: z.enum(["bullet", "ordered"]),
    elements: z.array(richSection),
    indent: z.number().int().min(0).max(8).optional(),
    offset: z.number().int().min(0).optional(),
    border,
  }),
]);

const header = z.object({ type: z.literal("header"), block_id: identifier, text: plainText(150), level: z.number().optional() });
const section = z.object({
  type: z.literal("section"),
  block_id: identifier,
  text: anyText(3000).optional(),
  fields: z.array(anyText(2000)).min(1).max(10).optional(),
  accessory: button.optional(),
  expand: z.boolean().optional(),
});
const context = z.object({ type: z.literal("context"), block_id: identifier, elements: z.array(anyText(3000)).min(1).max(10) });
const divider = z.object({ type: z.literal("divider"), block_id: identifier });
const actions = z.object({ type: z.literal("actions"), block_id: identifier, elements: z.array(button).min(1).max(25) });
const richText = z.object({ type: z.literal("rich_text"), block_id: identifier, elements: z.array(rich) });
const markdown = z.object({ type: z.literal("markdown"), block_id: identifier, text: z.string().min(1).max(limits.markdownText) });

/** The blocks of a message that this workspace takes and draws, within Slack's limits for each. */
export const block = z.discriminatedUnion("type", [header, section, context, divider, actions, richText, markdown]);

const pointer = (path: readonly PropertyKey[]): string => `[json-pointer:/blocks${path.map((step) => `/${String(step)}`).join("")}]`;

/** A schema's complaint in the words Slack uses. */
export function complain(issue: z.core.$ZodIssue): string {
  const place = pointer(issue.path);
  if (issue.code === "too_big" && issue.origin === "string") return `must be less than ${Number(issue.maximum) + 1} characters ${place}`;
  if (issue.code === "too_big") return `no more than ${String(issue.maximum)} items allowed ${place}`;
  if (issue.code === "too_small" && issue.origin === "string") return `must be more than ${Number(issue.minimum) - 1} characters ${place}`;
  if (issue.code === "too_small") return `no fewer than ${String(issue.minimum)} items allowed ${place}`;
  if (issue.code === "invalid_union") return `unsupported type ${pointer([...issue.path.filter((step) => step !== "type"), "type"])}`;
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return `missing required field: ${String(issue.path.at(-1))} ${pointer(issue.path.slice(0, -1))}`;
  }
  return `invalid value ${place}`;
}

/** What one block's schema cannot say: a section needs something to show. */
const emptySections = (blocks: readonly z.infer<typeof block>[]): readonly string[] =>
  blocks.flatMap((one, index) =>
    one.type === "section" && one.text === undefined && one.fields === undefined
      ? [`missing required field: text ${pointer([index])}`]
      : [],
  );

const invalid = (messages: readonly string[]): Found<readonly Block[]> => ({ ...failure("invalid_blocks", messages), errors: messages });

/** Gives every block and button the id Slack would give it when the app named none. */
export function nameParts(blocks: readonly z.infer<typeof block>[], newId: () => string): readonly Block[] {
  const nameButton = (one: z.infer<typeof button>) => ({ ...one, action_id: one.action_id ?? newId() });
  return blocks.map((one): Block => {
    const named = { ...one, block_id: one.block_id ?? newId() };
    if (named.type === "actions") return { ...named, elements: named.elements.map(nameButton) };
    if (named.type === "section" && named.accessory !== undefined) return { ...named, accessory: nameButton(named.accessory) };
    return named;
  });
}

/** Checks blocks as Slack does before it takes them; the failure points at every faulty place. */
export function checkBlocks(given: unknown, newId: () => string): Found<readonly Block[]> {
  if (!Array.isArray(given)) return failure("invalid_blocks_format");
  if (given.length > limits.blocksInMessage) return failure("msg_blocks_too_many");
  const parsed = z.array(block).safeParse(given, { reportInput: true });
  if (!parsed.success) return invalid(parsed.error.issues.map(complain));
  const empty = emptySections(parsed.data);
  if (empty.length > 0) return invalid(empty);
  const markdownLength = parsed.data.reduce((total, one) => total + (one.type === "markdown" ? one.text.length : 0), 0);
  if (markdownLength > limits.markdownText)
    return invalid([`markdown blocks must be less than ${limits.markdownText + 1} characters together [json-pointer:/blocks]`]);
  return found(nameParts(parsed.data, newId));
}
