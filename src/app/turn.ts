import type { Incoming } from "../intake/incoming.js";
import type { PostTarget, Progress } from "../model/ports.js";
import type { ReplyFile, ReplyMessage } from "../model/reply.js";
import type { Access } from "./access.js";
import type { ProgressMessage } from "./progress.js";
import type { StoryPorts } from "./story-ports.js";

/** One accepted request on its way through the story. */
export interface Turn {
  readonly id: string;
  readonly incoming: Incoming;
  readonly access: Extract<Access, { kind: "allowed" }>;
  readonly ports: StoryPorts;
  readonly signal: AbortSignal;
  /** Taken up again after Guard was interrupted in the middle of it. */
  readonly again: boolean;
  /** Posts the message that tells how far the work is; should the work break off, it says so there. */
  readonly begin: (target: PostTarget, words: string, wordsFor?: (progress: Progress) => string) => Promise<ProgressMessage>;
}

/** The thread the request stands in. A command stands in none: it begins one with a message of Guard's own. */
export function threadOf({ asker, door }: Incoming): PostTarget {
  return { channel: asker.channel, thread: door === "command" ? null : asker.thread };
}

/** Answers where the question was asked: privately for a command, in the thread for everything else. */
export async function answer(incoming: Incoming, ports: StoryPorts, messages: readonly ReplyMessage[]): Promise<void> {
  if (incoming.door === "command") return whisper(incoming, ports, messages);
  for (const message of messages) await ports.messenger.post(threadOf(incoming), message);
}

/** Answers so that only the asker sees it; where Slack does not allow that, in the thread. */
export async function whisper(incoming: Incoming, ports: StoryPorts, messages: readonly ReplyMessage[]): Promise<void> {
  for (const message of messages) {
    if (incoming.responseUrl !== null && (await ports.respond(incoming.responseUrl, message)).kind === "posted") continue;
    const privately = await ports.messenger.postPrivately(threadOf(incoming), incoming.asker.user, message);
    if (privately.kind === "failed" && incoming.door !== "command") await ports.messenger.post(threadOf(incoming), message);
  }
}

export async function uploadAll(ports: StoryPorts, target: PostTarget, files: readonly (ReplyFile | null)[]): Promise<void> {
  for (const file of files) if (file !== null) await ports.messenger.upload(target, file);
}
