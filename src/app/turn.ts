import type { Incoming } from "../intake/incoming.js";
import type { PostTarget, Progress } from "../model/ports.js";
import type { ReplyFile, ReplyMessage } from "../model/reply.js";
import { say } from "../reply/say.js";
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
  const { asker, responseUrl, threaded, door } = incoming;
  const thread = threaded ? asker.thread : null; // in a thread nobody has answered yet Slack shows no private message
  for (const message of messages) {
    if (responseUrl !== null && (await ports.respond(responseUrl, message, thread)).kind === "posted") continue;
    const privately = await ports.messenger.postPrivately({ channel: asker.channel, thread }, asker.user, message);
    if (privately.kind === "failed" && door !== "command") await ports.messenger.post(threadOf(incoming), message);
  }
}

/** Brings files into a thread, and says so where one could not be brought. */
export async function uploadAll(ports: StoryPorts, target: PostTarget, files: readonly (ReplyFile | null)[]): Promise<void> {
  for (const file of files) {
    const uploaded = file === null ? null : await ports.messenger.upload(target, file);
    if (file === null || uploaded?.kind === "posted") continue;
    const sentence = `${file.name} could not be attached (${uploaded?.reason ?? "unknown"}); ask again, or run \`guard review\` on the command line.`;
    await ports.messenger.post(target, say(sentence));
  }
}
