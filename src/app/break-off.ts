import type { Incoming } from "../intake/incoming.js";
import type { RequestState } from "../model/memory.js";
import { say } from "../reply/say.js";
import type { ProgressMessage } from "./progress.js";
import type { StoryPorts } from "./story-ports.js";
import { answer } from "./turn.js";
import type { CalledOff } from "./under-way.js";

/** A claimed request and what it is worked on with. */
export interface Received {
  readonly id: string;
  readonly incoming: Incoming;
  readonly ports: StoryPorts;
}

/** Why work did not come to its end. */
export type Break =
  CalledOff | { readonly kind: "restarting" } | { readonly kind: "late" } | { readonly kind: "broken"; readonly error: unknown };

/** Ends work that did not come to its end: the progress message says why, and a restart hands it to the next start. Never rejects. */
export async function breakOff({ id, incoming, ports }: Received, progress: ProgressMessage | null, why: Break): Promise<void> {
  if (why.kind === "broken") ports.log.error({ request: id, reason: wordsOf(why.error) }, "a request failed");
  else ports.log.info({ request: id, reason: why.kind }, "a request was broken off");
  try {
    await ports.memory.finish(id, states[why.kind]);
    const message = say(sentenceOf(why, id));
    if (progress !== null) await progress.replace(message);
    else if (why.kind !== "restarting" && why.kind !== "withdrawn") await answer(incoming, ports, [message]);
  } catch (second) {
    ports.log.error({ request: id, reason: wordsOf(second) }, "a failure could not be told");
  }
}

const states: Readonly<Record<Break["kind"], RequestState>> = {
  stopped: "stopped",
  withdrawn: "stopped",
  restarting: "accepted",
  late: "failed",
  broken: "failed",
};

function sentenceOf(why: Break, id: string): string {
  switch (why.kind) {
    case "stopped":
      return `Stopped by ${why.by}. What was read so far is kept, so asking again goes on from there.`;
    case "withdrawn":
      return "The request was deleted, so Guard stopped.";
    case "restarting":
      return "Guard is restarting; it takes this up again by itself.";
    case "late":
      return "This took longer than Guard allows itself, so it stopped; ask about a smaller part, or ask again.";
    case "broken":
      return `Something went wrong inside Guard and it could not answer; ask again, and if it stays so tell whoever runs it: request ${id}.`;
  }
}

/** An error as it goes into the log, with its stack. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
