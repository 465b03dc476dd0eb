import * as z from "zod";
import type { Block } from "./types.js";

const button = z.looseObject({ type: z.literal("button"), action_id: z.string() });
const holder = z.looseObject({
  block_id: z.string(),
  elements: z.array(z.unknown()).optional(),
  accessory: z.unknown().optional(),
});

export type Button = z.infer<typeof button> & { readonly block_id: string };

/** The button with this action_id, in the named block when one is named. */
export function findButton(blocks: readonly Block[], actionId: string, blockId: string | undefined): Button | undefined {
  for (const block of blocks) {
    const parsed = holder.safeParse(block);
    if (!parsed.success || (blockId !== undefined && parsed.data.block_id !== blockId)) continue;
    for (const element of [...(parsed.data.elements ?? []), parsed.data.accessory]) {
      const candidate = button.safeParse(element);
      if (candidate.success && candidate.data.action_id === actionId) return { ...candidate.data, block_id: parsed.data.block_id };
    }
  }
  return undefined;
}
