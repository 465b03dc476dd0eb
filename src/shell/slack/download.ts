import type { Download, DownloadFile } from "../../model/directory.js";
import type { Log } from "../../model/ports.js";
import { requestTimeoutMs } from "./clients.js";

const mostBytes = 5 * 1024 * 1024;

/** Downloads attached files with the bot's token, from Slack's own hosts (or the given API's) alone. The size is capped before and while reading. */
export function createDownload(botToken: string, apiUrl: string | undefined, log: Log): DownloadFile {
  return async ({ name, url, size }): Promise<Download> => {
    if (url === null) return failed(`${name} is not open to Guard here (Slack gave no address for it); paste the code instead.`);
    if (size !== null && size > mostBytes) return failed(tooLarge(name));
    if (!isTrusted(url, apiUrl))
      return failed(`${name} lies outside Slack, where Guard does not follow; paste the code or name a path in a repository.`);
    try {
      return await read(name, url, botToken);
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, "a file could not be downloaded");
      return failed(`${name} could not be downloaded from Slack just now; attach it again or paste the code.`);
    }
  };
}

async function read(name: string, url: string, botToken: string): Promise<Download> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${botToken}` },
    redirect: "manual", // a redirect would carry the token to another host, and is Slack's log-in page anyway
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const type = response.headers.get("content-type") ?? "";
  if (response.status !== 200 || (type.includes("text/html") && !/\.html?$/i.test(name))) {
    await response.body?.cancel();
    return failed(
      `${name} is not readable for Guard (Slack answered with its log-in page); give the app the files:read scope and reinstall it.`,
    );
  }
  const bytes = await readCapped(response);
  if (bytes === null) return failed(tooLarge(name));
  if (bytes.includes(0)) return failed(`${name} is a binary file; Guard reads source text.`);
  return { kind: "downloaded", text: decode(bytes) };
}

async function readCapped(response: Response): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > mostBytes) return null; // leaving the loop cancels the body
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}

function isTrusted(url: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const address = new URL(url);
  if (apiUrl !== undefined) return address.origin === new URL(apiUrl).origin;
  return address.protocol === "https:" && (address.hostname === "slack.com" || address.hostname.endsWith(".slack.com"));
}

function tooLarge(name: string): string {
  return `${name} is larger than 5 MB, more than Guard reads of one file; attach the part in question.`;
}

function failed(sentence: string): Download {
  return { kind: "failed", sentence };
}
