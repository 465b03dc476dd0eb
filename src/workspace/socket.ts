import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import * as z from "zod";
import type { Identifiers } from "./identifiers.js";
import { limits } from "./limits.js";

export type Outcome =
  | { readonly kind: "acknowledged"; readonly payload: unknown }
  /** Nobody acknowledged within three seconds. */
  | { readonly kind: "timed_out" }
  /** The app holds no connection open. */
  | { readonly kind: "nobody_connected" };

export interface AppSocket {
  /** A one-use ticket for the next connection (`apps.connections.open`). */
  readonly issueTicket: () => string;
  /** Takes a WebSocket upgrade that carries a valid ticket; false when it has none. */
  readonly accept: (request: IncomingMessage, stream: Duplex, head: Buffer, ticket: string) => boolean;
  readonly isConnected: () => boolean;
  /** Sends an event until it is acknowledged, keeping it while nobody is connected. */
  readonly sendEvent: (payload: Readonly<Record<string, unknown>>) => void;
  /** Sends a command or a click once and waits for its acknowledgement. */
  readonly ask: (type: "slash_commands" | "interactive", payload: Readonly<Record<string, unknown>>) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

export interface AppSocketConfig {
  readonly appId: string;
  readonly identifiers: Identifiers;
  readonly clock: () => number;
  /** Told whenever the app's first connection opens or its last one closes. */
  readonly onPresence: (connected: boolean) => void;
}

interface Delivery {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempt: number;
}

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown() });
const keepAlive = 10_000;

/** The app's side of Socket Mode: tickets, connections, envelopes, acknowledgements and redelivery. */
export function createAppSocket(config: AppSocketConfig): AppSocket {
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytes });
  const tickets = new Map<string, number>();
  const connections: WebSocket[] = [];
  const pending = new Map<string, (payload: unknown) => void>();
  const timers = new Set<NodeJS.Timeout>();
  let waiting: readonly Delivery[] = [];
  let turn = 0;

  const later = (delay: number, action: () => void): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, delay);
    timers.add(timer);
    return timer;
  };
  const cancel = (timer: NodeJS.Timeout): void => {
    clearTimeout(timer);
    timers.delete(timer);
  };

  /** Each payload goes to one of the connections, in turn. */
  const transmit = (envelope: Readonly<Record<string, unknown>>): boolean => {
    const connection = connections[turn++ % Math.max(1, connections.length)];
    connection?.send(JSON.stringify(envelope));
    return connection !== undefined;
  };

  const deliver = (delivery: Delivery): void => {
    const envelope = config.identifiers.uuid();
    const retry = { retry_attempt: delivery.attempt, retry_reason: delivery.attempt === 0 ? "" : "timeout" };
    const sent = transmit({
      envelope_id: envelope,
      type: "events_api",
      accepts_response_payload: false,
      ...retry,
      payload: delivery.payload,
    });
    if (!sent) {
      waiting = [...waiting, delivery];
      return;
    }
    const timer = later(limits.acknowledge, () => {
      pending.delete(envelope);
      const delay = limits.redeliverAfter[delivery.attempt];
      if (delay !== undefined) later(delay, () => deliver({ ...delivery, attempt: delivery.attempt + 1 }));
    });
    pending.set(envelope, () => cancel(timer));
  };

  const ask: AppSocket["ask"] = (type, payload) =>
    new Promise((resolve) => {
      const envelope = config.identifiers.uuid();
      if (!transmit({ envelope_id: envelope, type, accepts_response_payload: true, payload })) {
        resolve({ kind: "nobody_connected" });
        return;
      }
      const timer = later(limits.acknowledge, () => {
        pending.delete(envelope);
        resolve({ kind: "timed_out" });
      });
      pending.set(envelope, (answer) => {
        cancel(timer);
        resolve({ kind: "acknowledged", payload: answer });
      });
    });

  const receive = (text: string): void => {
    const frame = acknowledgement.safeParse(parseJson(text));
    if (!frame.success) return;
    pending.get(frame.data.envelope_id)?.(frame.data.payload);
    pending.delete(frame.data.envelope_id);
  };

  const greet = (connection: WebSocket): void => {
    connections.push(connection);
    const pinging = setInterval(() => connection.ping(), keepAlive);
    connection.on("message", (data: Buffer) => receive(data.toString()));
    connection.on("error", () => connection.terminate());
    connection.on("close", () => {
      clearInterval(pinging);
      connections.splice(connections.indexOf(connection), 1);
      if (connections.length === 0) config.onPresence(false);
    });
    const hello = { type: "hello", num_connections: connections.length, connection_info: { app_id: config.appId } };
    connection.send(JSON.stringify({ ...hello, debug_info: { host: "workspace", approximate_connection_time: 18_060 } }));
    if (connections.length === 1) config.onPresence(true);
    const kept = waiting;
    waiting = [];
    kept.forEach(deliver);
  };

  return {
    issueTicket: () => {
      const ticket = config.identifiers.secret();
      tickets.set(ticket, config.clock() + limits.ticketLife);
      return ticket;
    },
    accept: (request, stream, head, ticket) => {
      const expiry = tickets.get(ticket);
      tickets.delete(ticket);
      if (expiry === undefined || expiry < config.clock()) return false;
      server.handleUpgrade(request, stream, head, (connection) => {
        if (connections.length < limits.connections) return greet(connection);
        connection.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets" }));
        connection.close();
      });
      return true;
    },
    isConnected: () => connections.length > 0,
    sendEvent: (payload) => deliver({ payload, attempt: 0 }),
    ask,
    close: async () => {
      timers.forEach((timer) => clearTimeout(timer));
      timers.clear();
      await Promise.all(connections.map(farewell));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Closes a connection politely, and for good when the other side does not answer in time. */
const farewell = (connection: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => connection.terminate(), 500);
    connection.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    connection.close(1001);
  });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
