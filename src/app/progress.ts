import type { Clock, Messenger, PostTarget, Progress, ReportProgress } from "../model/ports.js";
import type { ReplyMessage } from "../model/reply.js";
import { working } from "../reply/say.js";

/** One message that tells how far a job is, and becomes its answer in the end. */
export interface ProgressMessage {
  readonly report: ReportProgress;
  /** Its timestamp; null when it could not be posted. */
  readonly ts: string | null;
  /** Why it could not be posted; null when it was. */
  readonly failure: string | null;
  /** Puts the answer in its place, or posts it where the message is gone. Gives the answer's timestamp, null when Slack took neither. */
  readonly replace: (message: ReplyMessage) => Promise<string | null>;
}

/** What the message says at first and while the work goes on, and the id of the request its Stop button ends. */
export interface ProgressWords {
  readonly request: string;
  readonly words: string;
  readonly wordsFor?: (progress: Progress) => string;
}

const editEveryMs = 3_000;

/** Posts the message, with a button that stops the request it is about. Reports edit it at most every 3 s; one that comes while an edit is on its way is passed over. */
export async function startProgress(
  { messenger, clock }: { readonly messenger: Messenger; readonly clock: Clock },
  target: PostTarget,
  { request, words, wordsFor = progressWords }: ProgressWords,
): Promise<ProgressMessage> {
  const posted = await messenger.post(target, working(words, request));
  const ts = posted.kind === "posted" ? posted.ts : null;
  let editedAt = clock();
  let edit: Promise<unknown> | null = null;

  return {
    ts,
    failure: posted.kind === "failed" ? posted.reason : null,
    report: (progress) => {
      if (ts === null || edit !== null || clock() - editedAt < editEveryMs) return;
      editedAt = clock();
      edit = messenger.update({ channel: target.channel, ts }, working(wordsFor(progress), request)).finally(() => (edit = null));
    },
    replace: async (message) => {
      await edit;
      const updated = ts === null ? null : await messenger.update({ channel: target.channel, ts }, message);
      if (updated?.kind === "posted") return ts;
      const again = await messenger.post(target, message);
      return again.kind === "posted" ? again.ts : null;
    },
  };
}

const steps: Readonly<Record<Progress["step"], string>> = {
  fetch: "Fetching the repository",
  list: "Listing files",
  read: "Reading files",
  parse: "Reading the code",
  join: "Joining the project",
  rules: "Looking for problems",
  consult: "Asking Claude",
  compose: "Writing the answer",
};

/** "Reading the code: 120 of 402". */
export function progressWords({ step, done, total }: Progress): string {
  return total === null || total === 0 ? `${steps[step]}…` : `${steps[step]}: ${done} of ${total}`;
}
