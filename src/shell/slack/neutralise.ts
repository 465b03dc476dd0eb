import type { ReplyMessage } from "../../model/reply.js";

/**
 * The last gate before Slack: breaks every live mention, broadcast and channel link in a message, wherever its text came
 * from. Guard's own messages hold none, so whatever is found here came from code, people or the model.
 */
export function neutralise(message: ReplyMessage): ReplyMessage {
  return {
    text: neutraliseText(message.text),
    blocks: message.blocks.map((block) => throughStrings(block) as ReplyMessage["blocks"][number]),
  };
}

/** `<!channel>`, `<!subteam^S1|x>`, `<@U1>`, `<#C1>` lose their power; links stay. */
export function neutraliseText(text: string): string {
  return text.replace(/<(?=[!@#])/g, "&lt;").replace(/(?<![\w.])@(?=(?:here|channel|everyone)\b)/gi, "@\u200b");
}

function throughStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(throughStrings);
  if (typeof value !== "object" || value === null) return value;
  if ("type" in value && value.type === "rich_text") return withoutLiveElements(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "text" && typeof inner === "string" ? neutraliseText(inner) : throughStrings(inner),
    ]),
  );
}

/** In rich text only elements of these types are live; plain text in it cannot be. */
function withoutLiveElements(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLiveElements);
  if (typeof value !== "object" || value === null) return value;
  const type = "type" in value ? value.type : null;
  if (type === "broadcast" || type === "user" || type === "usergroup" || type === "channel")
    return { type: "text", text: `[${String(type)}]` };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutLiveElements(inner)]));
}
