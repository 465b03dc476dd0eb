import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { connectApp, createInbox, openWorkspace, type OpenWorkspace } from "./connected-app.js";

let opened: OpenWorkspace;
beforeAll(async () => {
  opened = await openWorkspace();
});
afterAll(() => opened.workspace.stop());

const patch = "--- a/lib/a.ex\n+++ b/lib/a.ex\n@@ -1 +1 @@\n-old\n+new\n";

/** Uploads with the real SDK and gives back the message that carries the file. */
async function uploaded(content: string | Buffer, filename: string, who = opened.bot) {
  const channel = await opened.channel("backend");
  await who.filesUploadV2({
    channel_id: channel,
    file: Buffer.from(content),
    filename,
    title: `About ${filename}`,
    initial_comment: "Have a look",
  });
  const { messages } = await opened.as("ana").conversations.history({ channel, limit: 1 });
  const file = messages?.[0]?.files?.[0];
  if (file === undefined) throw new Error("The newest message carries no file.");
  return { message: messages?.[0], file, channel };
}

const download = (address: string | undefined, token: string): Promise<Response> =>
  fetch(address ?? "", { headers: { authorization: `Bearer ${token}` } });

test("an upload becomes one message with the file, described as Slack does", async () => {
  const { message, file } = await uploaded(patch, "fix.patch");
  expect(message).toMatchObject({ text: "Have a look", subtype: "file_share", user: opened.running.botUserId });
  expect(file).toMatchObject({
    name: "fix.patch",
    title: "About fix.patch",
    filetype: "diff",
    mode: "snippet",
    size: patch.length,
    lines: 5,
    lines_more: 0,
  });
});

test("a member of the channel downloads the very bytes", async () => {
  const bytes = Buffer.from([0, 255, 1, 254, 10, 13]);
  const { file } = await uploaded(bytes, "blob.bin");
  expect(file).toMatchObject({ mode: "hosted", mimetype: "application/octet-stream" });
  const response = await download(file.url_private_download, opened.running.botToken);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  expect(response.headers.get("content-disposition")).toContain("attachment");
});

test("whoever has no right to a file gets the login page with status 200, as on Slack", async () => {
  const { file } = await uploaded("defmodule A do\nend\n", "a.ex");
  const response = await download(file.url_private_download, "made-up");
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(await response.text()).not.toContain("defmodule");
});

test("a file that was never shared is seen by its owner alone", async () => {
  const reserved = await opened.as("ana").files.getUploadURLExternal({ filename: "mine.ex", length: 3 });
  await fetch(reserved.upload_url ?? "", { method: "POST", body: "abc" });
  const id = reserved.file_id ?? "";
  await opened.as("ana").files.completeUploadExternal({ files: [{ id, title: "Mine" }] });
  await expect(opened.as("ben").files.info({ file: id })).rejects.toMatchObject({ data: { error: "not_visible" } });
  const { file } = await opened.as("ana").files.info({ file: id });
  const response = await download(file?.url_private_download, opened.running.userTokens["ben"] ?? "");
  expect(response.headers.get("content-type")).toContain("text/html");
});

test("a file a person shares with a mention reaches the app with the event, ready to download", async () => {
  const read = createInbox<{ readonly subtype: unknown; readonly name: string | undefined; readonly content: string }>();
  const connected = await connectApp((app) => {
    app.event("app_mention", async () => undefined);
    app.message(async ({ message, context }) => {
      if (message.subtype !== "file_share") return;
      const file = message.files?.[0];
      const response = await download(file?.url_private_download, context.botToken ?? "");
      read.add({ subtype: message.subtype, name: file?.name ?? undefined, content: await response.text() });
    });
  });
  onTestFinished(connected.stop);
  const channel = await connected.channel("backend");
  const content = "defmodule Shop do\nend\n";
  await connected
    .as("ana")
    .filesUploadV2({ channel_id: channel, content, filename: "shop.ex", initial_comment: "@guard review this file" });
  expect(await read.take(1)).toEqual([{ subtype: "file_share", name: "shop.ex", content }]);
});
