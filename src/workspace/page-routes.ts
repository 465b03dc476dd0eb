import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import * as z from "zod";
import type { Doors } from "./doors.js";
import { escapeHtml } from "./html.js";
import { readFields, send, sendJson } from "./http.js";

/** Adds a repository to what Guard knows; the sentence says what was wrong with it. */
export type AddRepository = (
  location: string,
) => Promise<{ readonly ok: true; readonly name: string } | { readonly ok: false; readonly sentence: string }>;

export interface PageRoutesConfig {
  readonly doors: Doors;
  readonly pageDirectory: string;
  readonly teamName: string;
  readonly addRepository: AddRepository | null;
}

const assets: Readonly<Record<string, string>> = {
  "/main.js": "text/javascript; charset=utf-8",
  "/main.css": "text/css; charset=utf-8",
  "/source.js": "text/javascript; charset=utf-8",
  "/source.css": "text/css; charset=utf-8",
};

const pageHtml = (teamName: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light">
<title>${escapeHtml(teamName)} · Guard</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/main.css">
</head>
<body><div id="page"></div><script type="module" src="/main.js"></script></body>
</html>
`;

const refusal = "This page opens with the token: use the address that Guard printed in the terminal when it started.\n";
const isPagePath = (path: string): boolean => path === "/" || path.startsWith("/archives/") || path.startsWith("/files/");

async function sendAsset(config: PageRoutesConfig, response: ServerResponse, path: string, type: string): Promise<void> {
  try {
    send(response, 200, type, await readFile(join(config.pageDirectory, path.slice(1))));
  } catch {
    send(response, 503, "text/plain; charset=utf-8", `The page is not built: ${path} is missing; run \`npm run build\` and reload.\n`);
  }
}

async function handleAddRepository(config: PageRoutesConfig, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const isJson = (request.headers["content-type"] ?? "").startsWith("application/json");
  const body = isJson ? await readFields(request, url) : null;
  const given = z.object({ location: z.string().trim().min(1).max(2_000) }).safeParse(body?.kind === "read" ? body.fields : null);
  if (!given.success) return sendJson(response, 400, { ok: false, sentence: "Give the repository's git URL or its path on this machine." });
  const added = (await config.addRepository?.(given.data.location)) ?? {
    ok: false,
    sentence: "This workspace takes no further repositories.",
  };
  sendJson(response, 200, added);
}

/** Serves the page to whoever holds its token. Returns false when the path is not the page's. */
export function createPageRoutes(config: PageRoutesConfig) {
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    const path = url.pathname;
    const asset = assets[path];
    const isRepositories = path === "/page/repositories" && request.method === "POST";
    if (!isPagePath(path) && asset === undefined && !isRepositories) return false;
    if (!config.doors.holdsPageToken(request, url)) send(response, 403, "text/plain; charset=utf-8", refusal);
    else if (isRepositories) await handleAddRepository(config, request, response, url);
    else if (asset !== undefined) await sendAsset(config, response, path, asset);
    else {
      const headers = { "content-security-policy": config.doors.contentSecurityPolicy(), "set-cookie": config.doors.cookie() };
      send(response, 200, "text/html; charset=utf-8", pageHtml(config.teamName), headers);
    }
    return true;
  };
}
