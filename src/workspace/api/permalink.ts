import type { Message } from "../types.js";

/** Where the page shows a message: Slack's own path, on the workspace's address. */
export function permalinkOf(baseUrl: string, channel: string, message: Message): string {
  const place = `${baseUrl}/archives/${channel}/p${message.ts.replace(".", "")}`;
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  return isReply ? `${place}?thread_ts=${message.thread_ts}&cid=${channel}` : place;
}
