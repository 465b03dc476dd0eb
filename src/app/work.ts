import type { Incoming } from "../intake/incoming.js";
import type { Request } from "../model/request.js";
import { say } from "../reply/say.js";
import { authorise } from "./access.js";
import type { Access } from "./access.js";
import { readAsked } from "./asked.js";
import { breakOff, wordsOf } from "./break-off.js";
import type { Received } from "./break-off.js";
import { fulfil } from "./fulfil.js";
import { startProgress } from "./progress.js";
import type { ProgressMessage } from "./progress.js";
import type { StoryPorts } from "./story-ports.js";
import { answer, whisper } from "./turn.js";
import type { Turn } from "./turn.js";
import type { UnderWay } from "./under-way.js";

interface Work extends Received {
  readonly greeted: Promise<Access>;
  readonly again: boolean;
  readonly stopping: AbortSignal;
  readonly underWay: UnderWay;
}

/** The receipt: checks who asks and marks the message as seen when the answer will take a while. Never rejects. */
export async function greet({ id, incoming, ports }: Received): Promise<Access> {
  try {
    const access = await authorise(incoming, ports.directory, ports.repositories());
    const { request } = await readAsked(incoming, ports.memory, ports.repositories());
    if (access.kind === "allowed" && takesTime(request) && hasMessage(incoming)) await ports.messenger.react(incoming.asker, "eyes");
    return access;
  } catch (error) {
    ports.log.error({ request: id, reason: wordsOf(error) }, "a request could not be checked");
    return { kind: "refused", sentence: "Guard could not check who is asking; ask again in a moment." };
  }
}

/** A command has no message to react to; a shortcut's is another person's. */
function hasMessage({ door }: Incoming): boolean {
  return door !== "command" && door !== "shortcut";
}

function takesTime(request: Request): boolean {
  return request.kind === "consult" || request.kind === "audit" || (request.kind === "followUp" && request.question.about === "source");
}

/** Works on one request to its end. Never rejects: what goes wrong is told in the thread and kept in memory. */
export async function work({ id, incoming, greeted, again, ports, stopping, underWay }: Work): Promise<void> {
  const signal = AbortSignal.any([stopping, underWay.signal, ports.deadline()]);
  let progress: ProgressMessage | null = null;
  const begin: Turn["begin"] = async (target, words, wordsFor) => {
    progress = await startProgress(ports, target, { request: id, words, ...(wordsFor === undefined ? {} : { wordsFor }) });
    if (progress.ts !== null) underWay.shownBy(progress.ts);
    return progress;
  };
  try {
    underWay.signal.throwIfAborted();
    await ports.memory.finish(id, "running");
    const access = await greeted;
    if (access.kind === "refused") await whisper(incoming, ports, [say(access.sentence)]);
    const asked = await readAsked(incoming, ports.memory, ports.repositories());
    const ending = access.kind === "refused" ? "refused" : await fulfil({ id, incoming, access, ports, signal, again, begin }, asked);
    await ports.memory.finish(id, ending);
  } catch (error) {
    const late = signal.aborted ? ({ kind: "late" } as const) : null;
    const why = underWay.calledOff() ?? (stopping.aborted ? ({ kind: "restarting" } as const) : (late ?? { kind: "broken", error }));
    await breakOff({ id, incoming, ports }, progress, why);
  } finally {
    underWay.end();
  }
}

/** Says in the thread that a request is not taken up a third time. */
export async function giveUp(id: string, incoming: Incoming | null, ports: StoryPorts): Promise<void> {
  await ports.memory.finish(id, "failed");
  ports.log.warn({ request: id }, "a request that was open could not be taken up again");
  if (incoming !== null)
    await answer(incoming, ports, [say("This was interrupted twice and Guard gave it up; ask again, perhaps about a smaller part.")]);
}
