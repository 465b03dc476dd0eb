import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Frame, Snapshot } from "./page-frames.js";
import type { State } from "./state.js";
import type { Change } from "./types.js";
import type { Views } from "./views.js";

export interface PageSocket {
  readonly accept: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  readonly tellPresence: (appConnected: boolean) => void;
  readonly close: () => Promise<void>;
}

function frameFor(change: Change): Frame {
  switch (change.kind) {
    case "posted":
    case "edited":
    case "reacted":
    case "touched":
      return { kind: "message", channel: change.channel.id, message: change.message, isNew: change.kind === "posted" };
    case "deleted":
      return { kind: "removed", channel: change.channel.id, ts: change.previous.ts };
    case "whispered":
      return { kind: "ephemeral", ephemeral: change.ephemeral };
    case "hushed":
      return { kind: "ephemeral_removed", ts: change.ephemeral.message.ts };
  }
}

/** Keeps every open page up to date: the whole workspace first, then each change. */
export function createPageSocket(state: State, views: Views, takeSnapshot: () => Snapshot): PageSocket {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1_024 });
  const broadcast = (frame: Frame): void => {
    const text = JSON.stringify(frame);
    server.clients.forEach((client) => client.send(text));
  };
  state.listen((change) => broadcast(frameFor(change)));
  views.listen((opened) => broadcast({ kind: "views", opened }));
  return {
    accept: (request, stream, head) =>
      server.handleUpgrade(request, stream, head, (connection) => {
        connection.on("error", () => connection.terminate());
        const frame: Frame = { kind: "snapshot", snapshot: takeSnapshot() };
        connection.send(JSON.stringify(frame));
      }),
    tellPresence: (appConnected) => broadcast({ kind: "presence", appConnected }),
    close: async () => {
      server.clients.forEach((client) => client.terminate());
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
