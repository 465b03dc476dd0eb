import { randomUUID } from "node:crypto";
import type { ChatPostMessageArguments, ConversationsRepliesResponse, KnownBlock } from "@slack/web-api";
import type { Log, Posted, PostTarget } from "../../model/ports.js";
import type { ReplyMessage } from "../../model/reply.js";
import { callSlack } from "./call.js";
import type { Clients } from "./clients.js";
import { neutralise } from "./neutralise.js";

const attempts = 3;
const eventType = "guard_post";

type Message = NonNullable<ConversationsRepliesResponse["messages"]>[number];

/**
 * Posts once. When the answer is lost (connection cut, 5xx, time-out) the message may stand already: Guard looks for its
 * own mark in the channel before it posts again.
 */
export async function postOnce(clients: Clients, target: PostTarget, message: ReplyMessage, log: Log): Promise<Posted> {
  const mark = randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    const called = await callSlack(() => clients.posting.chat.postMessage(postArguments(target, message, mark)), log);
    if (called.kind === "answered") return { kind: "posted", ts: called.value.ts ?? "" };
    if (called.kind === "refused") return failed(target, called.error, log);
    const standing = await findMark(clients, target, mark, log);
    if (standing !== null) return { kind: "posted", ts: standing };
    if (attempt === attempts) return failed(target, called.error, log);
  }
}

function postArguments(target: PostTarget, message: ReplyMessage, mark: string): ChatPostMessageArguments {
  const safe = neutralise(message);
  return {
    channel: target.channel,
    ...(target.thread === null ? {} : { thread_ts: target.thread }),
    text: safe.text,
    ...(safe.blocks.length === 0 ? {} : { blocks: safe.blocks as unknown as KnownBlock[] }),
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: eventType, event_payload: { mark } },
  };
}

async function findMark(clients: Clients, target: PostTarget, mark: string, log: Log): Promise<string | null> {
  const called = await callSlack(() => recentMessages(clients, target), log);
  if (called.kind !== "answered") return null;
  const found = called.value.find((candidate) => markOf(candidate) === mark);
  return found?.ts ?? null;
}

async function recentMessages(clients: Clients, target: PostTarget): Promise<readonly Message[]> {
  if (target.thread === null) {
    const history = await clients.reading.conversations.history({ channel: target.channel, limit: 50, include_all_metadata: true });
    return history.messages ?? [];
  }
  const messages: Message[] = [];
  let cursor: string | undefined;
  do {
    const page = await clients.reading.conversations.replies({
      channel: target.channel,
      ts: target.thread,
      limit: 200,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    });
    messages.push(...(page.messages ?? []));
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  return messages;
}

function markOf(message: Message): unknown {
  return message.metadata?.event_type === eventType ? (message.metadata.event_payload as { mark?: unknown } | undefined)?.mark : null;
}

function failed(target: PostTarget, reason: string, log: Log): Posted {
  log.warn({ channel: target.channel, reason }, "a message could not be posted");
  return { kind: "failed", reason };
}
