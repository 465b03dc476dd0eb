import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "./http.js";

/** Answers `GET /healthz` without any token: 200 while the app is connected, else 503. */
export const createHealthRoute =
  (isConnected: () => boolean) =>
  async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    const isAsked = url.pathname === "/healthz" && (request.method === "GET" || request.method === "HEAD");
    if (isAsked) sendJson(response, isConnected() ? 200 : 503, { ok: isConnected() });
    return isAsked;
  };
