import { setTimeout as wait } from "node:timers/promises";
import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import { SocketModeReceiver } from "@slack/bolt";
import type { Log } from "../../model/ports.js";
import { clientOptions } from "./clients.js";
import { failureSentence, isHopeless } from "./failures.js";
import { sdkLogger } from "./logger.js";

export interface SocketOptions {
  readonly appToken: string;
  readonly apiUrl: string | undefined;
  readonly log: Log;
  /** Called once when the connection is lost for good: the token was revoked. */
  readonly onLost: (sentence: string) => void;
}

export interface Socket {
  readonly receiver: Receiver;
  /** Closes the connection and waits until it is closed. */
  readonly close: () => Promise<void>;
}

const startTimeoutMs = 15_000;
const longestPauseMs = 30_000;

/**
 * Bolt's Socket Mode receiver, mended in three places: it reconnects at once (by itself it stays deaf for 5 s, and gives up
 * for good when the first try fails), a frame it cannot read does not end the process, and an event is acknowledged only
 * when the listener has accepted it, so that Slack delivers it again when Guard died in between.
 */
export function createSocket({ appToken, apiUrl, log, onLost }: SocketOptions): Socket {
  const socket = new SocketModeReceiver({
    appToken,
    logger: sdkLogger(log),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(apiUrl, log) },
  });
  const stopped = new AbortController();
  surviveStrangeFrames(socket, log);

  let connecting = false;
  const reconnect = async (): Promise<void> => {
    for (let attempt = 0; !stopped.signal.aborted; attempt += 1) {
      try {
        await startWithin(socket);
        log.info({}, "connected to Slack again");
        return;
      } catch (error) {
        if (isHopeless(error)) return onLost(failureSentence(error, "app"));
        log.warn({ attempt }, "reconnecting to Slack failed, trying again");
        await wait(Math.min(250 * 2 ** attempt, longestPauseMs), undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  };
  socket.client.on("disconnected", () => {
    if (connecting || stopped.signal.aborted) return;
    connecting = true;
    void reconnect().finally(() => (connecting = false));
  });

  const receiver: Receiver = {
    init: (app) => socket.init(acknowledgingLate(app)),
    start: async () => {
      connecting = true;
      await startWithin(socket).finally(() => (connecting = false));
    },
    stop: () => socket.stop(),
  };
  const close = async (): Promise<void> => {
    stopped.abort();
    await Promise.race([socket.client.disconnect(), wait(1_000)]);
  };
  return { receiver, close };
}

async function startWithin(socket: SocketModeReceiver): Promise<void> {
  const timer = new AbortController();
  const late = wait(startTimeoutMs, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error("the connection did not open in time")),
    () => undefined,
  );
  try {
    await Promise.race([socket.start(), late]);
  } finally {
    timer.abort();
  }
}

/** The SDK throws on frames without an inner event (`app_rate_limited`), and nobody would catch it. */
function surviveStrangeFrames(socket: SocketModeReceiver, log: Log): void {
  for (const deliver of socket.client.listeners("ws_message")) {
    socket.client.off("ws_message", deliver);
    socket.client.on("ws_message", (...frame: unknown[]) => {
      Promise.resolve(deliver(...frame)).catch((error: unknown) => {
        log.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          "Slack sent a frame Guard cannot read; it was skipped",
        );
      });
    });
  }
}

function acknowledgingLate(app: App): App {
  const processEvent = async (event: ReceiverEvent): Promise<void> => {
    if (event.body["type"] !== "event_callback") return app.processEvent(event);
    await app.processEvent({ ...event, ack: async () => undefined });
    await event.ack();
  };
  return { processEvent } as App; // all the receiver ever uses of it
}
