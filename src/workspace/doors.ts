import type { IncomingMessage } from "node:http";
import { sameSecret } from "./authentication.js";

export interface Doors {
  /** Whether a request was addressed to this workspace and not to a name somebody pointed at it. */
  readonly hasOwnHost: (request: IncomingMessage) => boolean;
  /** Whether a request comes from this workspace's page, or from no page at all. */
  readonly hasOwnOrigin: (request: IncomingMessage) => boolean;
  /** Whether a request carries the page's token: in the address, the cookie or the Authorization header. */
  readonly holdsPageToken: (request: IncomingMessage, url: URL) => boolean;
  /** The Set-Cookie value that keeps the page open without the token in the address. */
  readonly cookie: () => string;
  readonly contentSecurityPolicy: () => string;
}

export interface DoorsConfig {
  readonly port: () => number;
  readonly pageToken: string;
}

/** The checks at the workspace's doors. Names in the Host header are compared so that DNS rebinding fails. */
export function createDoors({ port, pageToken }: DoorsConfig): Doors {
  const hosts = (): readonly string[] => [`127.0.0.1:${port()}`, `localhost:${port()}`];
  const cookieName = (): string => `guard_workspace_${port()}`;
  const fromCookie = (request: IncomingMessage): string | undefined =>
    (request.headers.cookie ?? "")
      .split(/;\s*/)
      .find((pair) => pair.startsWith(`${cookieName()}=`))
      ?.slice(cookieName().length + 1);
  return {
    hasOwnHost: (request) => hosts().includes(request.headers.host ?? ""),
    hasOwnOrigin: (request) => request.headers.origin === undefined || request.headers.origin === `http://${request.headers.host ?? ""}`,
    holdsPageToken: (request, url) => {
      const header = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
      return [url.searchParams.get("token"), fromCookie(request), header].some((presented) => sameSecret(presented ?? "", pageToken));
    },
    cookie: () => `${cookieName()}=${pageToken}; HttpOnly; SameSite=Strict; Path=/`,
    contentSecurityPolicy: () =>
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        `connect-src 'self' ${hosts()
          .map((host) => `ws://${host}`)
          .join(" ")}`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ].join("; "),
  };
}
