import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { presentedToken, type ApiAnswer } from "./api/api.js";
import { readArguments, type Arguments } from "./arguments.js";
import type { Doors } from "./doors.js";
import { failure } from "./errors.js";
import { readFields, send, sendJson } from "./http.js";
import type { ResponseUrls } from "./response-urls.js";

export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;
export type Upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer, url: URL) => boolean;

export interface ServerConfig {
  readonly port: number;
  readonly doors: Doors;
  readonly callApi: (name: string, token: string | null, given: Arguments) => Promise<ApiAnswer>;
  readonly responseUrls: ResponseUrls;
  readonly routes: readonly Route[];
  readonly upgrade: Upgrade;
  /** Told of a request that failed because of a fault in the workspace itself. */
  readonly onFault: (path: string, fault: unknown) => void;
}

async function answerApi(config: ServerConfig, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const name = url.pathname.slice("/api/".length);
  const body = await readFields(request, url);
  if (body.kind !== "read") return sendJson(response, 200, failure(body.kind === "too_large" ? "request_too_large" : body.kind));
  const given = readArguments(body.fields);
  const answer = await config.callApi(name, presentedToken(request, given), given);
  if (answer.retryAfter === null) return sendJson(response, 200, answer.body);
  sendJson(response, 429, answer.body, { "retry-after": String(answer.retryAfter) });
}

async function answerResponseUrl(
  { responseUrls }: ServerConfig,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const body = await readFields(request, url);
  if (body.kind !== "read") return sendJson(response, 400, failure(body.kind === "too_large" ? "request_too_large" : body.kind));
  const answer = responseUrls.use(url.pathname, body.fields);
  if (answer === null) return sendJson(response, 404, { ok: false, error: "used_url" });
  sendJson(response, answer.ok ? 200 : 400, answer);
}

/** What a request asks for; null when its target is no address at all. */
function addressOf(request: IncomingMessage): URL | null {
  const base = `http://${request.headers.host ?? ""}`;
  const target = request.url ?? "/";
  return URL.canParse(target, base) ? new URL(target, base) : null;
}

async function handle(config: ServerConfig, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!config.doors.hasOwnHost(request)) return send(response, 403, "text/plain", "This address is not the workspace's own.\n");
  if (!config.doors.hasOwnOrigin(request)) return send(response, 403, "text/plain", "Requests from other pages are refused.\n");
  const url = addressOf(request);
  if (url === null) return send(response, 400, "text/plain", "The request names no address.\n");
  if (url.pathname.startsWith("/api/")) return answerApi(config, request, response, url);
  const isResponseUrl = /^\/(commands|actions)\//.test(url.pathname) && request.method === "POST";
  if (isResponseUrl) return answerResponseUrl(config, request, response, url);
  for (const route of config.routes) if (await route(request, response, url)) return;
  send(response, 404, "text/plain", "There is nothing here.\n");
}

const refuse = (stream: Duplex): void => void stream.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");

function connectUpgrade(server: Server, { doors, upgrade }: ServerConfig): void {
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    if (!doors.hasOwnHost(request) || !doors.hasOwnOrigin(request)) return refuse(stream);
    const url = addressOf(request);
    if (url === null || !upgrade(request, stream, head, url)) refuse(stream);
  });
}

/** Opens the workspace's one port, on loopback only, and resolves with its number. */
export function listen(config: ServerConfig): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    handle(config, request, response).catch((fault: unknown) => {
      config.onFault(request.url?.split("?")[0] ?? "", fault);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, failure("internal_error"));
    });
  });
  connectUpgrade(server, config);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, close }));
  });
}
