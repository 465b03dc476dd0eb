import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Health {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export type StartedHealth = { readonly kind: "started"; readonly health: Health } | { readonly kind: "failed"; readonly sentence: string };

/** Answers `GET /healthz` with 200 while Guard is connected to Slack, else with 503. Nothing else is served. */
export async function startHealth(port: number, isConnected: () => boolean): Promise<StartedHealth> {
  const server = createServer((request, response) => {
    const known = request.url === "/healthz" && (request.method === "GET" || request.method === "HEAD");
    const ok = isConnected();
    response.writeHead(known ? (ok ? 200 : 503) : 404, { "content-type": "application/json" });
    response.end(known ? JSON.stringify({ ok }) : JSON.stringify({ error: "not_found" }));
  });
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve({
        kind: "failed",
        sentence: `Port ${port} for /healthz cannot be opened (${error.code ?? error.message}); set GUARD_PORT to a free one, or to 0.`,
      });
    });
    server.listen(port, () => {
      const address = server.address() as AddressInfo;
      resolve({ kind: "started", health: { port: address.port, close: () => closeServer(server) } });
    });
  });
}

function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
