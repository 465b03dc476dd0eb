import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

/** What happens to the next call of a method. `lost` and `broken` reach Slack, but its answer does not come back. */
export type Fault = "lost" | "broken" | "unreachable" | { readonly retryAfter: number } | { readonly error: string };

/** Stands between Guard and the workspace and breaks what it is told to break. */
export interface FaultySlack {
  readonly apiUrl: string;
  readonly breakNext: (method: string, fault: Fault) => void;
  /** Sends the app a frame as if Slack had. */
  readonly inject: (frame: object) => void;
  /** Cuts the socket without a word. */
  readonly cut: () => void;
  readonly connections: () => number;
  /** Envelope ids the app has acknowledged. */
  readonly acknowledged: string[];
  readonly calls: string[];
  readonly stop: () => Promise<void>;
}

export async function startFaultySlack(target: string): Promise<FaultySlack> {
  const faults = new Map<string, Fault[]>();
  const state = { calls: [] as string[], acknowledged: [] as string[], links: new Set<WebSocket>(), opened: 0 };
  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? "").replace("/api/", "");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    state.calls.push(method);
    const fault = faults.get(method)?.shift();
    if (fault === "unreachable") return void request.socket.destroy();
    if (typeof fault === "object" && "retryAfter" in fault)
      return void response.writeHead(429, { "retry-after": String(fault.retryAfter) }).end();
    if (typeof fault === "object")
      return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: false, error: fault.error }));
    const { authorization = "", "content-type": type = "" } = request.headers;
    const forwarded = await fetch(`${target}${method}`, {
      method: "POST",
      headers: { authorization, "content-type": type },
      body: Buffer.concat(chunks),
    });
    const text = await forwarded.text();
    if (fault === "lost") return void request.socket.destroy();
    if (fault === "broken") return void response.writeHead(500).end("oops");
    const rewritten = text.replace(/ws:\/\/127\.0\.0\.1:\d+/, (address) => `ws://127.0.0.1:${port}/${new URL(address).port}`);
    response.writeHead(forwarded.status, { "content-type": "application/json" }).end(rewritten);
  }

  sockets.on("connection", (app, request) => {
    const [, upstreamPort = "", ...path] = (request.url ?? "").split("/");
    const upstream = new WebSocket(`ws://127.0.0.1:${upstreamPort}/${path.join("/")}`);
    state.links.add(app);
    state.opened += 1;
    upstream.on("message", (data: Buffer) => app.send(data.toString("utf8")));
    app.on("message", (data: Buffer) => {
      state.acknowledged.push((JSON.parse(data.toString("utf8")) as { envelope_id: string }).envelope_id);
      if (upstream.readyState === WebSocket.OPEN) upstream.send(data.toString("utf8"));
    });
    for (const end of [app, upstream]) end.on("error", () => end.terminate());
    upstream.on("close", () => app.close());
    app.on("close", () => (state.links.delete(app), upstream.close()));
  });

  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    breakNext: (method, fault) => void faults.set(method, [...(faults.get(method) ?? []), fault]),
    inject: (frame) => state.links.forEach((link) => link.send(JSON.stringify(frame))),
    cut: () => state.links.forEach((link) => link.terminate()),
    connections: () => state.opened,
    acknowledged: state.acknowledged,
    calls: state.calls,
    stop: async () => {
      state.links.forEach((link) => link.terminate());
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
