import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { limits } from "./limits.js";
import { omit } from "./omit.js";

export type ReadBody = { readonly kind: "read"; readonly bytes: Buffer } | { readonly kind: "too_large" };

/** Reads a whole request body, or gives up once it exceeds `max` bytes. */
export async function readBody(request: IncomingMessage, max: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) return { kind: "too_large" };
    chunks.push(chunk);
  }
  return { kind: "read", bytes: Buffer.concat(chunks) };
}

export type ReadFields =
  | { readonly kind: "read"; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: "invalid_json" | "invalid_form_data" | "too_large" };

function parseJsonObject(text: string): ReadFields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { kind: "read", fields: { ...value } };
    return { kind: "invalid_json" };
  } catch {
    return { kind: "invalid_json" };
  }
}

export interface Multipart {
  readonly fields: Readonly<Record<string, string>>;
  /** The bytes of the first file. */
  readonly file: Buffer | null;
}

/** A parser for this request's multipart body; null when it names no boundary. */
function createForm(request: IncomingMessage): busboy.Busboy | null {
  try {
    return busboy({ headers: request.headers, limits: { fileSize: limits.fileBytes, files: 1, fieldSize: limits.bodyBytes } });
  } catch {
    return null;
  }
}

/** A multipart body: its text fields and its first file; null when it is broken or the file is too large. */
export async function readMultipart(request: IncomingMessage): Promise<Multipart | null> {
  const form = createForm(request);
  if (form === null) return null;
  const fields: Record<string, string> = {};
  const files: Buffer[][] = [];
  let isTooLarge = false;
  form.on("field", (name, value) => void (fields[name] = value));
  form.on("file", (_name, stream) => {
    const chunks: Buffer[] = [];
    files.push(chunks);
    stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
    stream.on("limit", () => void (isTooLarge = true));
  });
  try {
    await pipeline(request, form);
  } catch {
    return null;
  }
  return isTooLarge ? null : { fields, file: files[0] === undefined ? null : Buffer.concat(files[0]) };
}

/** A method's arguments from a query string, a form, a multipart form or JSON. A token in the query string is not read, as on Slack. */
export async function readFields(request: IncomingMessage, url: URL): Promise<ReadFields> {
  const query = omit(Object.fromEntries(url.searchParams), "token");
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) {
    const parts = await readMultipart(request);
    return parts === null ? { kind: "invalid_form_data" } : { kind: "read", fields: { ...query, ...parts.fields } };
  }
  const body = await readBody(request, limits.bodyBytes);
  if (body.kind === "too_large") return body;
  const text = body.bytes.toString("utf8");
  if (!type.startsWith("application/json")) return { kind: "read", fields: { ...query, ...Object.fromEntries(new URLSearchParams(text)) } };
  return text.trim() === "" ? { kind: "read", fields: query } : parseJsonObject(text);
}

/** Sent with everything: nothing here is ever framed, sniffed or cached. */
const guardHeaders = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Ends a response with a body of the given type. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...guardHeaders, "content-type": type, ...headers });
  response.end(body);
}

export const sendJson = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void =>
  send(response, status, "application/json; charset=utf-8", JSON.stringify(body), headers);
