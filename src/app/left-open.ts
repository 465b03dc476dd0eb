import { Incoming } from "../intake/incoming.js";
import type { StoredRequest } from "../model/memory.js";
import type { StoryPorts } from "./story-ports.js";

export type LeftOpen =
  | { readonly kind: "take_up"; readonly incoming: Incoming; readonly again: boolean }
  | { readonly kind: "answered" }
  /** `incoming` is null when what was asked is no longer kept. */
  | { readonly kind: "give_up"; readonly incoming: Incoming | null };

/**
 * What to do with a request that was open when the process ended. Work that was under way is tried once more, never a third
 * time: it may be what ended the process.
 */
export async function readLeftOpen(request: StoredRequest, { memory, clock }: StoryPorts): Promise<LeftOpen> {
  const incoming = readPayload(request);
  if (incoming === null) return { kind: "give_up", incoming };
  if (request.state === "accepted") return { kind: "take_up", incoming, again: false };
  const { team, channel, thread, ts } = request.asker;
  const answered = await memory.interventionInThread(team, channel, thread);
  if (answered?.request === request.id && answered.messageTs !== null) return { kind: "answered" };
  const mark = { id: `${request.id}#again`, asker: { ...request.asker, ts: `${ts}#again` }, text: null, payload: null, at: clock() };
  const firstTime = await memory.claim({ ...mark, state: "done" });
  return firstTime ? { kind: "take_up", incoming, again: true } : { kind: "give_up", incoming };
}

function readPayload({ payload }: StoredRequest): Incoming | null {
  if (payload === null) return null;
  const read = Incoming.safeParse(JSON.parse(payload));
  return read.success ? read.data : null;
}
