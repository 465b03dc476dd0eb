import { escapePlainText } from "./plain-text.js";

/** What a Web API method answered; `error` is Slack's own code. */
export type Called = { readonly ok: true; readonly [field: string]: unknown } | { readonly ok: false; readonly error: string };

/** What a person can do in the workspace. Everything goes through Slack's own API, with that person's token. */
export interface Client {
  readonly post: (channel: string, thread: string | null, text: string) => Promise<Called>;
  readonly edit: (channel: string, ts: string, text: string) => Promise<Called>;
  readonly remove: (channel: string, ts: string) => Promise<Called>;
  readonly command: (channel: string, command: string, text: string) => Promise<Called>;
  readonly click: (channel: string, ts: string, blockId: string, actionId: string) => Promise<Called>;
  readonly runShortcut: (channel: string, ts: string, callbackId: string) => Promise<Called>;
  /** `values` by block and action. */
  readonly submitView: (view: string, values: Readonly<Record<string, Readonly<Record<string, string>>>>) => Promise<Called>;
  readonly closeView: (view: string) => Promise<Called>;
  readonly react: (channel: string, ts: string, name: string, isOn: boolean) => Promise<Called>;
  readonly share: (channel: string, thread: string | null, files: readonly File[], comment: string) => Promise<Called>;
  readonly download: (address: string) => Promise<string | null>;
}

async function callWith(token: string, method: string, fields: Readonly<Record<string, unknown>>): Promise<Called> {
  try {
    const response = await fetch(`/api/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(fields),
    });
    return (await response.json()) as Called;
  } catch {
    return { ok: false, error: "workspace_unreachable" };
  }
}

type Call = (method: string, fields: Readonly<Record<string, unknown>>) => Promise<Called>;

async function upload(call: Call, file: File): Promise<Called> {
  const reserved = await call("files.getUploadURLExternal", { filename: file.name, length: file.size });
  if (!reserved.ok) return reserved;
  const address = new URL(String(reserved["upload_url"]));
  const sent = await fetch(address.pathname, { method: "POST", body: file });
  return sent.ok ? { ok: true, id: reserved["file_id"] } : { ok: false, error: "upload_failed" };
}

async function share(call: Call, channel: string, thread: string | null, files: readonly File[], comment: string): Promise<Called> {
  const uploaded: { id: unknown; title: string }[] = [];
  for (const file of files) {
    const done = await upload(call, file);
    if (!done.ok) return done;
    uploaded.push({ id: done["id"], title: file.name });
  }
  const place = { channel_id: channel, ...(thread === null ? {} : { thread_ts: thread }) };
  return call("files.completeUploadExternal", { ...place, files: uploaded, initial_comment: escapePlainText(comment) });
}

/** A client that acts as whoever the token stands for. */
export function createClient(token: string): Client {
  const call: Call = (method, fields) => callWith(token, method, fields);
  return {
    post: (channel, thread, text) =>
      call("chat.postMessage", { channel, text: escapePlainText(text), ...(thread === null ? {} : { thread_ts: thread }) }),
    edit: (channel, ts, text) => call("chat.update", { channel, ts, text: escapePlainText(text) }),
    remove: (channel, ts) => call("chat.delete", { channel, ts }),
    command: (channel, command, text) => call("chat.command", { channel, command, text }),
    click: (channel, ts, blockId, actionId) => call("blocks.actions", { channel, message_ts: ts, block_id: blockId, action_id: actionId }),
    runShortcut: (channel, ts, callbackId) => call("shortcuts.message", { channel, message_ts: ts, callback_id: callbackId }),
    submitView: (view, values) => call("views.submit", { view_id: view, values }),
    closeView: (view) => call("views.close", { view_id: view }),
    react: (channel, timestamp, name, isOn) => call(isOn ? "reactions.add" : "reactions.remove", { channel, timestamp, name }),
    share: (channel, thread, files, comment) => share(call, channel, thread, files, comment),
    download: async (address) => {
      const { pathname } = new URL(address);
      const response = await fetch(pathname, { headers: { authorization: `Bearer ${token}` } });
      return response.ok ? response.text() : null;
    },
  };
}

/** A failed call as a sentence for the person who made it. */
export function explain(error: string): string {
  const sentences: Readonly<Record<string, string>> = {
    dispatch_failed: "Guard is not connected to the workspace, so nobody heard that; look at the terminal it runs in.",
    operation_timeout: "Guard did not answer within three seconds; try again, or look at the terminal it runs in.",
    workspace_unreachable: "The workspace does not answer; start it again and reload this page with the address it prints.",
    upload_failed: "The file did not arrive; it may be too large.",
    missing_argument: "That file is empty, and Slack takes no empty files.",
    file_upload_size_restricted: "That file is too large for this workspace (64 MB at most).",
    is_archived: "This channel is archived, so nothing can be posted in it.",
    msg_too_long: "That is too long to save: an edited message has 4,000 characters at most.",
    no_text: "There is nothing to send.",
  };
  return sentences[error] ?? `That did not work: ${error}.`;
}
