import type { Incoming } from "../intake/incoming.js";

/** Why a piece of work was called off. */
export type CalledOff = { readonly kind: "stopped"; readonly by: string } | { readonly kind: "withdrawn" };

/** One request that waits or is worked on, and can be called off. */
export interface UnderWay {
  readonly id: string;
  readonly incoming: Incoming;
  readonly signal: AbortSignal;
  /** Remembers the message that tells how far the work is. */
  readonly shownBy: (ts: string) => void;
  readonly callOff: (why: CalledOff) => void;
  /** Null while nobody called it off. */
  readonly calledOff: () => CalledOff | null;
  readonly end: () => void;
}

/** Where a person points when something is to be called off: a thread, one message (the request's or Guard's own), or a request by id. */
export type Pointed =
  | { readonly kind: "thread"; readonly channel: string; readonly thread: string }
  | { readonly kind: "message"; readonly channel: string; readonly message: string }
  | { readonly kind: "person"; readonly channel: string; readonly user: string }
  | { readonly kind: "request"; readonly id: string };

/** All requests that wait or are worked on. */
export interface AllUnderWay {
  readonly begin: (id: string, incoming: Incoming) => UnderWay;
  readonly find: (pointed: Pointed) => readonly UnderWay[];
}

export function createUnderWay(): AllUnderWay {
  const works = new Map<string, { readonly work: UnderWay; readonly shown: Set<string> }>();
  const begin = (id: string, incoming: Incoming): UnderWay => {
    const controller = new AbortController();
    const shown = new Set<string>();
    let why: CalledOff | null = null;
    const work: UnderWay = {
      ...{ id, incoming, signal: controller.signal },
      shownBy: (ts) => void shown.add(ts),
      callOff: (reason) => {
        why ??= reason;
        controller.abort(new Error(`the request was ${reason.kind}`));
      },
      calledOff: () => why,
      end: () => void works.delete(id),
    };
    works.set(id, { work, shown });
    return work;
  };
  return {
    begin,
    find: (pointed) => [...works.values()].filter(({ work, shown }) => isMeant(pointed, work, shown)).map(({ work }) => work),
  };
}

function isMeant(pointed: Pointed, { id, incoming }: UnderWay, shown: ReadonlySet<string>): boolean {
  const { channel, thread, ts, user } = incoming.asker;
  if (pointed.kind === "request") return pointed.id === id;
  if (pointed.channel !== channel) return false;
  if (pointed.kind === "person") return pointed.user === user;
  if (pointed.kind === "message") return pointed.message === ts || shown.has(pointed.message);
  return pointed.thread === thread || shown.has(pointed.thread);
}
