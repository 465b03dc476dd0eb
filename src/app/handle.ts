import { readGesture } from "../intake/gestures.js";
import type { Incoming, Self } from "../intake/incoming.js";
import { readSlackPayload } from "../intake/slack.js";
import { askWhy } from "./ask-why.js";
import { readAsked } from "./asked.js";
import { readLeftOpen } from "./left-open.js";
import { asksToStop, callOff, heed } from "./call-off.js";
import { createRunner } from "./runner.js";
import type { StoryPorts } from "./story-ports.js";
import { createUnderWay } from "./under-way.js";
import { greet, giveUp, work } from "./work.js";

/** The story of every request from Slack: read, claimed, authorised, received, worked on, answered. */
export interface Guard {
  /** Takes a raw payload. Resolves when it is claimed (or of no concern), before it is worked on; only then may Slack be told so. */
  readonly accept: (payload: unknown) => Promise<void>;
  /** Takes up what was open when the process last ended. */
  readonly resume: () => Promise<void>;
  /** Takes no more, hands running work back to memory for the next start, and resolves when all is still. */
  readonly stop: () => Promise<void>;
  readonly whenIdle: () => Promise<void>;
}

const threadsAtOnce = 4;

export function createGuard(ports: StoryPorts, self: Self): Guard {
  const runner = createRunner(threadsAtOnce);
  const stopping = new AbortController();
  const allUnderWay = createUnderWay();

  const take = (id: string, incoming: Incoming, again: boolean): void => {
    const { channel, thread } = incoming.asker;
    const greeted = greet({ id, incoming, ports }); // at once, however long the queue
    const underWay = allUnderWay.begin(id, incoming);
    runner.run(`${channel}:${thread}`, () => work({ id, incoming, greeted, again, ports, stopping: stopping.signal, underWay }));
  };

  return {
    accept: async (payload) => {
      if (stopping.signal.aborted) throw new Error("Guard is stopping; Slack will deliver this again.");
      const gesture = readGesture(payload, self);
      if (gesture !== null) return heed(gesture, allUnderWay, ports);
      const read = readSlackPayload(payload, self);
      if (read.kind === "ignored") return;
      const { incoming } = read;
      if (asksToStop(incoming, allUnderWay)) return callOff(incoming, allUnderWay, ports);
      if (await askWhy(incoming, ports)) return;
      const { request } = await readAsked(incoming, ports.memory, ports.repositories());
      if (request.kind === "ignored") return; // other people's words are not kept
      const { asker, words } = incoming;
      const id = `${asker.team}:${asker.channel}:${asker.ts}`;
      const claim = { id, asker, state: "accepted", text: words, payload: JSON.stringify(incoming), at: ports.clock() } as const;
      if (await ports.memory.claim(claim)) take(id, incoming, false);
    },
    resume: async () => {
      for (const request of await ports.memory.open()) {
        const left = await readLeftOpen(request, ports);
        if (left.kind === "take_up") take(request.id, left.incoming, left.again);
        else if (left.kind === "give_up") await giveUp(request.id, left.incoming, ports);
        else await ports.memory.finish(request.id, "done");
      }
    },
    stop: async () => {
      stopping.abort();
      await runner.stop();
    },
    whenIdle: runner.whenIdle,
  };
}
