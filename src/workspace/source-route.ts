import type { IncomingMessage, ServerResponse } from "node:http";
import type { Doors } from "./doors.js";
import { escapeHtml } from "./html.js";
import { send } from "./http.js";
import { readSourceAddress, type SourcePlace } from "./source-address.js";

/** Text of a file at a full commit id; null when whoever knows the repositories has no such file. */
export type ReadSource = (repository: string, commit: string, path: string) => Promise<string | null>;

export interface SourceRouteConfig {
  readonly doors: Doors;
  readonly readSource: ReadSource;
}

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const refusal =
  "Open the workspace's page in this browser first, with the address that Guard printed in the terminal, then follow the link again.\n";
const notThere =
  "There is no such text file at this commit of a repository that Guard knows: check the link, or add the repository on the workspace's page.\n";

function sourceHtml({ repository, commit, path }: SourcePlace, text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const numbered = lines.map((line, index) => `<span class="line" id="L${index + 1}">${escapeHtml(line.replace(/\r/g, ""))}</span>`);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(name)} · ${escapeHtml(repository)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/source.css">
<script type="module" src="/source.js"></script>
</head>
<body>
<header><h1>${escapeHtml(path)}</h1><p>${escapeHtml(repository)} at <code>${commit.slice(0, 8)}</code> <span id="marked" role="status"></span></p></header>
<main><pre tabindex="0" aria-label="Lines of ${escapeHtml(name)}">${numbered.join("")}</pre></main>
</body>
</html>
`;
}

/** Shows a file as it was at a commit to the browser that has the page open. Returns false when the path is not a file's. */
export function createSourceRoute({ doors, readSource }: SourceRouteConfig) {
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    if (!url.pathname.startsWith("/source/") || (request.method !== "GET" && request.method !== "HEAD")) return false;
    if (!doors.holdsPageToken(request, url)) {
      send(response, 401, "text/plain; charset=utf-8", refusal);
      return true;
    }
    const place = readSourceAddress(url.pathname);
    const text = place === null ? null : await readSource(place.repository, place.commit, place.path);
    if (place === null || text === null) send(response, 404, "text/plain; charset=utf-8", notThere);
    else {
      const headers = { "content-security-policy": contentSecurityPolicy, "set-cookie": doors.cookie() };
      send(response, 200, "text/html; charset=utf-8", sourceHtml(place, text), headers);
    }
    return true;
  };
}
