import type { Stopped } from "./failures.js";

/** Ends a call that says nothing for too long, takes too long altogether, or is no longer wanted. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** Tells that something arrived. */
  readonly heard: () => void;
  readonly stopped: () => Stopped;
  readonly release: () => void;
}

/** Silence counts from the first byte: until then the SDK's own timeout and retries hold. */
export function createWatchdog(limits: { readonly timeoutMs: number; readonly idleMs: number }, wanted?: AbortSignal): Watchdog {
  const controller = new AbortController();
  let stopped: Stopped = null;
  const stop = (why: Exclude<Stopped, null>) => {
    stopped ??= why;
    controller.abort();
  };
  const abort = () => stop("aborted");
  if (wanted?.aborted === true) abort();
  wanted?.addEventListener("abort", abort, { once: true });
  const overall = setTimeout(() => stop("timeout"), limits.timeoutMs);
  let idle: NodeJS.Timeout | null = null;
  return {
    signal: controller.signal,
    heard: () => {
      if (idle === null) idle = setTimeout(() => stop("idle"), limits.idleMs);
      else idle.refresh();
    },
    stopped: () => stopped,
    release: () => {
      clearTimeout(overall);
      if (idle !== null) clearTimeout(idle);
      wanted?.removeEventListener("abort", abort);
    },
  };
}

/** A fetch that reports every chunk of a response body: pings, which the SDK swallows, are signs of life too. */
export function listeningFetch(heard: () => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null || !response.ok) return response;
    heard();
    const listener = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        heard();
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(listener), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}
