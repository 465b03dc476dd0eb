import type { Gesture } from "../intake/gestures.js";
import type { Incoming } from "../intake/incoming.js";
import { saysStop } from "../intake/words.js";
import { say } from "../reply/say.js";
import { stopAction } from "../reply/buttons.js";
import { authorise } from "./access.js";
import type { StoryPorts } from "./story-ports.js";
import { whisper } from "./turn.js";
import type { AllUnderWay, Pointed, UnderWay } from "./under-way.js";

/** What a person did to a message: a cross on it stops the work it is about, its deletion too; an edit is told to come too late. */
export async function heed(gesture: Gesture, underWay: AllUnderWay, ports: StoryPorts): Promise<void> {
  const works = underWay.find({ kind: "message", channel: gesture.channel, message: gesture.message });
  if (gesture.kind === "deleted") return works.forEach((work) => isRequest(work, gesture.message) && work.callOff({ kind: "withdrawn" }));
  if (works.length === 0) return;
  if (gesture.kind === "edited") return tellEditedLate(works, gesture, ports);
  const { team, channel, message, user, external } = gesture;
  const by = await nameOf({ asker: { team, channel, user, ts: message, thread: message }, external }, ports);
  if (by !== null) for (const work of works) work.callOff({ kind: "stopped", by });
}

/** Whether a press or words ask to stop something. `stop` said to nobody counts only where Guard is at work. */
export function asksToStop(incoming: Incoming, underWay: AllUnderWay): boolean {
  if (incoming.button !== null) return incoming.button.action === stopAction;
  if (incoming.door === "shortcut" || !saysStop(incoming.words)) return false;
  return incoming.door !== "message" || incoming.direct || underWay.find(pointedAt(incoming)).length > 0;
}

/** Stops what is meant; says so privately when there is nothing to stop, or when whoever asks may not. */
export async function callOff(incoming: Incoming, underWay: AllUnderWay, ports: StoryPorts): Promise<void> {
  const access = await authorise(incoming, ports.directory, ports.repositories());
  if (access.kind === "refused") return whisper(incoming, ports, [say(access.sentence)]);
  const works = underWay.find(pointedAt(incoming));
  if (works.length === 0) return whisper(incoming, ports, [say(nothingRuns[incoming.door])]);
  for (const work of works) work.callOff({ kind: "stopped", by: access.person.name });
}

const inThread = "Guard is working on nothing in this thread.";
const nothingRuns: Readonly<Record<Incoming["door"], string>> = {
  mention: inThread,
  message: inThread,
  command: "Guard is working on nothing you asked for in this channel.",
  button: "This is finished already.",
  shortcut: inThread,
};

/** A button names its request; words in a thread mean that thread, a command (which stands in none) what its user asked for in the channel. */
function pointedAt({ asker, button, door }: Incoming): Pointed {
  if (button !== null) return { kind: "request", id: button.value };
  if (door === "command") return { kind: "person", channel: asker.channel, user: asker.user };
  return { kind: "thread", channel: asker.channel, thread: asker.thread };
}

function isRequest({ incoming }: UnderWay, message: string): boolean {
  return incoming.asker.ts === message;
}

async function tellEditedLate(
  works: readonly UnderWay[],
  { user, words }: Extract<Gesture, { kind: "edited" }>,
  ports: StoryPorts,
): Promise<void> {
  const own = works.find(({ incoming }) => incoming.asker.user === user && incoming.words !== words);
  if (own === undefined) return;
  const sentence = "Guard is answering the message as you first sent it; for the edited words press Stop and mention Guard again.";
  await whisper(own.incoming, ports, [say(sentence)]);
}

async function nameOf(who: Pick<Incoming, "asker" | "external">, { directory, repositories }: StoryPorts): Promise<string | null> {
  const access = await authorise(who, directory, repositories());
  return access.kind === "allowed" ? access.person.name : null;
}
