import type { Block } from "../model/reply.js";
import { limits } from "./limits.js";
import { escape, oneLine, shorten, splitLines, splitText } from "./text.js";

/** Sections of mrkdwn (already escaped), as many as its length needs. */
export function sections(text: string): readonly Block[] {
  return splitText(text, limits.sectionText).map((part) => ({ type: "section", text: { type: "mrkdwn", text: part } }));
}

/** One section with a button beside its text; text that does not fit goes on in further sections. */
export function sectionWithButton(text: string, accessory: Button): readonly Block[] {
  const [first, ...rest] = sections(text);
  return first === undefined ? [] : [{ ...first, accessory }, ...rest];
}

/** Small grey print; each line (mrkdwn, already escaped) is an element. */
export function context(lines: readonly string[]): readonly Block[] {
  const elements = lines
    .filter((line) => line !== "")
    .flatMap((line) => splitText(line, limits.contextText))
    .map((line) => ({ type: "mrkdwn", text: line }));
  const groups: { readonly type: string; readonly text: string }[][] = [];
  for (const element of elements) {
    const group = groups.at(-1) ?? [];
    const length = group.reduce((sum, { text }) => sum + text.length, element.text.length);
    if (group.length === 0 || group.length >= limits.contextElements || length > limits.sectionText) groups.push([element]);
    else group.push(element);
  }
  return groups.map((group) => ({ type: "context", elements: group }));
}

export type Button = Readonly<Record<string, unknown>> & { readonly type: "button" };

/** What a button says (plain text), does (`action_id`) and is about (`value`, ids only). */
export function button(label: string, action: string, value: string, style?: "primary" | "danger"): Button {
  return {
    type: "button",
    text: { type: "plain_text", text: shorten(oneLine(label), limits.buttonText), emoji: true },
    action_id: action.slice(0, limits.identifier),
    value: value.slice(0, limits.buttonValue),
    ...(style === undefined ? {} : { style }),
  };
}

export function actions(buttons: readonly Button[]): readonly Block[] {
  return groupsOf(buttons, limits.actionElements).map((elements) => ({ type: "actions", elements }));
}

/** Code as it stands, in a block where nothing is live and nothing is reflowed; long code is split between lines. */
export function preformatted(code: string): readonly Block[] {
  return splitLines(code, limits.sectionText).map((part) => ({
    type: "rich_text",
    elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text: part }] }],
  }));
}

export const divider: Block = { type: "divider" };

/** A heading in bold mrkdwn. */
export function heading(text: string): string {
  return `*${escape(oneLine(text)).replace(/\*/g, "∗")}*`;
}

/** Consecutive groups of at most `most`. */
export function groupsOf<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  for (let at = 0; at < items.length; at += most) groups.push(items.slice(at, at + most));
  return groups;
}

/** Characters of text a block carries, as Slack counts them towards a message. */
export function textLength(block: Block): number {
  let length = 0;
  const pending: unknown[] = [block];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (typeof current !== "object" || current === null) continue;
    for (const [key, value] of Object.entries(current)) {
      if (key === "text" && typeof value === "string") length += value.length;
      else pending.push(value);
    }
  }
  return length;
}
