import * as z from "zod";
import { block, complain, identifier, nameParts, plainText } from "./blocks.js";
import { failure, found, type Found } from "./errors.js";
import { limits } from "./limits.js";
import type { Block } from "./types.js";

const option = z.object({ text: plainText(75), value: z.string().min(1).max(150), description: plainText(75).optional() });
const element = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("plain_text_input"),
    action_id: identifier,
    multiline: z.boolean().optional(),
    placeholder: plainText(150).optional(),
    initial_value: z.string().max(3000).optional(),
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
  }),
  z.object({
    type: z.literal("radio_buttons"),
    action_id: identifier,
    options: z.array(option).min(1).max(10),
    initial_option: option.optional(),
  }),
  z.object({
    type: z.literal("static_select"),
    action_id: identifier,
    options: z.array(option).min(1).max(100),
    initial_option: option.optional(),
    placeholder: plainText(150).optional(),
  }),
]);
const input = z.object({
  type: z.literal("input"),
  block_id: identifier,
  label: plainText(2000),
  element,
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
});

const parts = {
  callback_id: identifier,
  external_id: identifier,
  private_metadata: z.string().max(3000).optional(),
};
const modal = z.object({
  ...{ type: z.literal("modal"), title: plainText(24), submit: plainText(24).optional(), close: plainText(24).optional() },
  ...{ clear_on_close: z.boolean().optional(), notify_on_close: z.boolean().optional() },
  ...{ ...parts, blocks: z.array(z.discriminatedUnion("type", [...block.options, input])).max(limits.blocksInView) },
});
const home = z.object({ type: z.literal("home"), ...parts, blocks: z.array(block).max(limits.blocksInView) });

type Named<Shape> = Omit<Shape, "blocks"> & { readonly blocks: readonly Block[] };
/** A view as the app gives it, checked, every part of its blocks named. */
export type GivenView = Named<z.infer<typeof modal>> | Named<z.infer<typeof home>>;
export type Input = z.infer<typeof input> & { readonly block_id: string };

/** Checks a view as Slack does before it shows it; the failure points at every faulty place. */
export function checkView(given: unknown, type: GivenView["type"], newId: () => string): Found<GivenView> {
  const parsed = (type === "modal" ? modal : home).safeParse(given, { reportInput: true });
  if (!parsed.success) return failure("invalid_arguments", parsed.error.issues.map(complain));
  if (JSON.stringify(given).length > limits.viewBytes) return failure("view_too_large");
  const view = parsed.data;
  if (view.type === "home") return found({ ...view, blocks: nameParts(view.blocks, newId) });
  const hasInput = view.blocks.some((one) => one.type === "input");
  if (hasInput && view.submit === undefined) return failure("invalid_arguments", ["missing required field: submit [json-pointer:/view]"]);
  return found({ ...view, blocks: view.blocks.map((one) => nameBlock(one, newId)) });
}

function nameBlock(one: z.infer<typeof modal>["blocks"][number], newId: () => string): Block {
  if (one.type !== "input") return nameParts([one], newId)[0] ?? one;
  return { ...one, block_id: one.block_id ?? newId(), element: { ...one.element, action_id: one.element.action_id ?? newId() } };
}

/** The inputs of a view's blocks. */
export function inputsIn(blocks: readonly Block[]): readonly Input[] {
  return blocks.flatMap((one) => {
    const read = input.safeParse(one);
    return read.success && read.data.block_id !== undefined ? [{ ...read.data, block_id: read.data.block_id }] : [];
  });
}
