import type { IncomingMessage, ServerResponse } from "node:http";
import { maySee } from "./api/files.js";
import { presentedToken } from "./api/api.js";
import type { Tokens } from "./authentication.js";
import type { FileStore } from "./files.js";
import { readBody, readMultipart, send } from "./http.js";
import { limits } from "./limits.js";
import type { State } from "./state.js";

export interface FileRoutesConfig {
  readonly state: State;
  readonly files: FileStore;
  readonly tokens: Tokens;
}

async function readUpload(request: IncomingMessage): Promise<Buffer | null> {
  if ((request.headers["content-type"] ?? "").startsWith("multipart/form-data")) return (await readMultipart(request))?.file ?? null;
  const body = await readBody(request, limits.fileBytes);
  return body.kind === "read" ? body.bytes : null;
}

async function upload({ files }: FileRoutesConfig, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const bytes = await readUpload(request);
  if (bytes === null) return send(response, 400, "text/plain", "The upload carried no file, or a file that is too large.\n");
  files.receive(path, bytes);
  send(response, 200, "text/plain", `OK - ${bytes.length}`);
}

/** Slack answers an unauthorised download with its login page and status 200, which downloaders must notice. */
const loginPage = "<!doctype html><html><head><title>Sign in</title></head><body>Sign in to see this file.</body></html>";

function download({ state, files, tokens }: FileRoutesConfig, request: IncomingMessage, response: ServerResponse, path: string): void {
  const file = files.byPath(path);
  const caller = tokens.authenticate(presentedToken(request, null));
  const allowed = file !== undefined && caller.ok && caller.value.kind !== "app" && maySee(state, caller.value, file);
  if (!allowed) return send(response, file === undefined ? 404 : 200, "text/html; charset=utf-8", loginPage);
  send(response, 200, file.object.mimetype, file.bytes, {
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.object.name)}`,
    "content-security-policy": "sandbox; default-src 'none'",
  });
}

/** Takes uploads and gives downloads. Returns false when the path is neither. */
export function createFileRoutes(config: FileRoutesConfig) {
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    const isUpload = request.method === "POST" && config.files.isUploadPath(url.pathname);
    if (!isUpload && !url.pathname.startsWith("/files-pri/")) return false;
    if (isUpload) await upload(config, request, response, url.pathname);
    else download(config, request, response, url.pathname);
    return true;
  };
}
