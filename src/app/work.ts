import type { Incoming } from "../intake/incoming.js";
import type { Request } from "../model/request.js";
import { say } from "../reply/say.js";
import { authorise } from "./access.js";
import type { Access } from "./access.js";
import { readAsked } from "./asked.js";
import { fulfil } from "./fulfil.js";
import { startProgress } from "./progress.js";
import type { ProgressMessage } from "./progress.js";
import type { StoryPorts } from "./story-ports.js";
import { answer, whisper } from "./turn.js";
import type { Turn } from "./turn.js";

interface Received {
  readonly id: string;
  readonly incoming: Incoming;
  readonly ports: StoryPorts;
}

interface Work extends Received {
  readonly greeted: Promise<Access>;
  readonly again: boolean;
  readonly stopping: AbortSignal;
}

/** The receipt: checks who asks and marks the message as seen when the answer will take a while. Never rejects. */
export async function greet({ id, incoming, ports }: Received): Promise<Access> {
  try {
    const access = await authorise(incoming, ports.directory, ports.repositories());
    const { request } = await readAsked(incoming, ports.memory, ports.repositories());
    if (access.kind === "allowed" && takesTime(request) && incoming.door !== "command") await ports.messenger.react(incoming.asker, "eyes");
    return access;
  } catch (error) {
    ports.log.error({ request: id, reason: wordsOf(error) }, "a request could not be checked");
    return { kind: "refused", sentence: "Guard could not check who is asking; ask again in a moment." };
  }
}

function takesTime(request: Request): boolean {
  return request.kind === "consult" || request.kind === "audit" || (request.kind === "followUp" && request.question.about === "source");
}

/** Works on one request to its end. Never rejects: what goes wrong is told in the thread and kept in memory. */
export async function work({ id, incoming, greeted, again, ports, stopping }: Work): Promise<void> {
  const signal = AbortSignal.any([stopping, ports.deadline()]);
  let progress: ProgressMessage | null = null;
  const begin: Turn["begin"] = async (target, words, wordsFor) => (progress = await startProgress(ports, target, words, wordsFor));
  try {
    await ports.memory.finish(id, "running");
    const access = await greeted;
    if (access.kind === "refused") await whisper(incoming, ports, [say(access.sentence)]);
    const asked = await readAsked(incoming, ports.memory, ports.repositories());
    const ending = access.kind === "refused" ? "refused" : await fulfil({ id, incoming, access, ports, signal, again, begin }, asked);
    await ports.memory.finish(id, ending);
  } catch (error) {
    await breakOff({ id, incoming, ports }, progress, stopping.aborted ? "stopping" : signal.aborted ? "late" : "broken", error);
  }
}

/** Ends work that did not come to its end: the progress message says so, and a stop hands it to the next start. */
async function breakOff(
  { id, incoming, ports }: Received,
  progress: ProgressMessage | null,
  why: keyof typeof sentences,
  error: unknown,
): Promise<void> {
  if (why !== "stopping") ports.log.error({ request: id, reason: wordsOf(error) }, "a request failed");
  try {
    await ports.memory.finish(id, why === "stopping" ? "accepted" : "failed");
    const message = say(sentences[why](id));
    if (progress !== null) await progress.replace(message);
    else if (why !== "stopping") await answer(incoming, ports, [message]);
  } catch (second) {
    ports.log.error({ request: id, reason: wordsOf(second) }, "a failure could not be told");
  }
}

const sentences = {
  stopping: () => "Guard is restarting; it takes this up again by itself.",
  late: () => "This took longer than Guard allows itself, so it stopped; ask about a smaller part, or ask again.",
  broken: (id: string) =>
    `Something went wrong inside Guard and it could not answer; ask again, and if it stays so tell whoever runs it: request ${id}.`,
};

/** Says in the thread that a request is not taken up a third time. */
export async function giveUp(id: string, incoming: Incoming | null, ports: StoryPorts): Promise<void> {
  await ports.memory.finish(id, "failed");
  ports.log.warn({ request: id }, "a request that was open could not be taken up again");
  if (incoming !== null)
    await answer(incoming, ports, [say("This was interrupted twice and Guard gave it up; ask again, perhaps about a smaller part.")]);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
