import type { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientFor, openWorkspace, type OpenWorkspace } from "./connected-app.js";

const team = {
  name: "Shop",
  domain: "shop",
  people: [
    { name: "ana", realName: "Ana Duarte" },
    { name: "ben", realName: "Ben Okafor" },
  ],
  channels: [
    { name: "backend" },
    { name: "archived", isArchived: true },
    { name: "elsewhere", hasBot: false },
    { name: "vault", isPrivate: true, hasBot: false },
  ],
};

let opened: OpenWorkspace;
let channel: string;
let ts: string;
let ownTs: string;

beforeAll(async () => {
  opened = await openWorkspace({ team, limitsRates: false });
  channel = await opened.channel("backend");
  ts = (await opened.as("ana").chat.postMessage({ channel, text: "root" })).ts ?? "";
  ownTs = (await opened.bot.chat.postMessage({ channel, text: "mine", thread_ts: ts })).ts ?? "";
});
afterAll(() => opened.workspace.stop());

type Try = (bot: WebClient) => Promise<unknown>;
const long = "x".repeat(4_001);

const refusals: readonly (readonly [situation: string, error: string, attempt: Try])[] = [
  ["posting to a channel that does not exist", "channel_not_found", (bot) => bot.chat.postMessage({ channel: "C0NOWHERE", text: "hi" })],
  [
    "posting to a private channel the bot is not in",
    "channel_not_found",
    async (bot) => bot.chat.postMessage({ channel: await opened.channel("vault"), text: "hi" }),
  ],
  [
    "posting where the bot was not invited",
    "not_in_channel",
    async (bot) => bot.chat.postMessage({ channel: await opened.channel("elsewhere"), text: "hi" }),
  ],
  [
    "reading where the bot was not invited",
    "not_in_channel",
    async (bot) => bot.conversations.history({ channel: await opened.channel("elsewhere") }),
  ],
  [
    "posting to an archived channel",
    "is_archived",
    async (bot) => bot.chat.postMessage({ channel: await opened.channel("archived"), text: "hi" }),
  ],
  ["posting nothing", "no_text", (bot) => bot.chat.postMessage({ channel, text: "" })],
  ["posting without a channel", "invalid_arguments", (bot) => bot.apiCall("chat.postMessage", { text: "hi" })],
  [
    "answering in a thread whose ts is no ts",
    "invalid_thread_ts",
    (bot) => bot.chat.postMessage({ channel, text: "hi", thread_ts: "yesterday" }),
  ],
  [
    "answering in a thread that does not exist",
    "thread_not_found",
    (bot) => bot.chat.postMessage({ channel, text: "hi", thread_ts: "1700000000.000001" }),
  ],
  [
    "answering a reply as if it were a root",
    "cannot_reply_to_message",
    (bot) => bot.chat.postMessage({ channel, text: "hi", thread_ts: ownTs }),
  ],
  [
    "posting Markdown beside text",
    "markdown_text_conflict",
    (bot) => bot.apiCall("chat.postMessage", { channel, text: "hi", markdown_text: "hi" }),
  ],
  ["posting too much Markdown", "msg_too_long", (bot) => bot.apiCall("chat.postMessage", { channel, markdown_text: "x".repeat(12_001) })],
  ["updating with more than 4,000 characters", "msg_too_long", (bot) => bot.chat.update({ channel, ts: ownTs, text: long })],
  ["updating a message that is not there", "message_not_found", (bot) => bot.chat.update({ channel, ts: "1700000000.000001", text: "hi" })],
  ["updating somebody else's message", "cant_update_message", (bot) => bot.chat.update({ channel, ts, text: "hi" })],
  ["deleting somebody else's message", "cant_delete_message", (bot) => bot.chat.delete({ channel, ts })],
  ["whispering to nobody", "user_not_found", (bot) => bot.chat.postEphemeral({ channel, user: "U0NOBODY", text: "hi" })],
  [
    "whispering to someone who is not there",
    "user_not_in_channel",
    async (bot) => {
      const direct = await opened.as("ben").conversations.list({ types: "im" });
      const ana = (await opened.as("ana").auth.test()).user_id ?? "";
      return bot.chat.postEphemeral({ channel: direct.channels?.[0]?.id ?? "", user: ana, text: "hi" });
    },
  ],
  [
    "linking a message that is not there",
    "message_not_found",
    (bot) => bot.chat.getPermalink({ channel, message_ts: "1700000000.000001" }),
  ],
  ["reading a thread that is not there", "thread_not_found", (bot) => bot.conversations.replies({ channel, ts: "1700000000.000001" })],
  ["a page of nothing", "invalid_limit", (bot) => bot.apiCall("conversations.history", { channel, limit: 0 })],
  ["a made-up cursor", "invalid_cursor", (bot) => bot.conversations.history({ channel, cursor: "made-up" })],
  ["asking about nobody", "user_not_found", (bot) => bot.users.info({ user: "U0NOBODY" })],
  [
    "reacting to a message that is not there",
    "message_not_found",
    (bot) => bot.reactions.add({ channel, timestamp: "1700000000.000001", name: "eyes" }),
  ],
  [
    "reacting with something that is no emoji name",
    "invalid_name",
    (bot) => bot.reactions.add({ channel, timestamp: ts, name: "not an emoji" }),
  ],
  ["taking back a reaction never given", "no_reaction", (bot) => bot.reactions.remove({ channel, timestamp: ts, name: "tada" })],
  ["asking about a file that does not exist", "file_not_found", (bot) => bot.files.info({ file: "F0NOTHING" })],
  ["uploading an empty file", "missing_argument", (bot) => bot.files.getUploadURLExternal({ filename: "a.ex", length: 0 })],
  [
    "uploading a snippet beyond 1 MB",
    "snippet_too_large",
    (bot) => bot.files.getUploadURLExternal({ filename: "a.ex", length: 1_048_577, snippet_type: "elixir" }),
  ],
  [
    "uploading more than the workspace keeps",
    "file_upload_size_restricted",
    (bot) => bot.files.getUploadURLExternal({ filename: "a.bin", length: 65 * 1_048_576 }),
  ],
  [
    "completing an upload that never came",
    "file_not_found",
    (bot) => bot.files.completeUploadExternal({ files: [{ id: "F0NOTHING" }], channel_id: channel }),
  ],
  ["a method that is not built", "unknown_method", (bot) => bot.apiCall("conversations.archive", { channel })],
];

test.each(refusals)("%s answers %s", async (_situation, error, attempt) => {
  await expect(attempt(opened.bot)).rejects.toMatchObject({ data: { ok: false, error } });
});

test("reacting twice with one emoji answers already_reacted", async () => {
  await opened.bot.reactions.add({ channel, timestamp: ts, name: "eyes" });
  await expect(opened.bot.reactions.add({ channel, timestamp: ts, name: "eyes" })).rejects.toMatchObject({
    data: { error: "already_reacted" },
  });
  await opened.as("ana").reactions.add({ channel, timestamp: ts, name: "eyes" });
  const { messages } = await opened.bot.conversations.history({ channel });
  expect(messages?.[0]?.reactions).toMatchObject([{ name: "eyes", count: 2 }]);
});

test("no token, a made-up token and a token in the query string are refused", async () => {
  const address = `${opened.running.apiUrl}auth.test`;
  const answer = async (url: string, headers = {}): Promise<unknown> => (await fetch(url, { method: "POST", headers })).json();
  expect(await answer(address)).toEqual({ ok: false, error: "not_authed" });
  expect(await answer(address, { authorization: `Bearer ${"xox"}b-made-up` })).toEqual({ ok: false, error: "invalid_auth" });
  expect(await answer(`${address}?token=${opened.running.userToken}`)).toEqual({ ok: false, error: "not_authed" });
});

test("a revoked token answers token_revoked from then on", async () => {
  const other = await openWorkspace();
  await clientFor(other.running, other.running.botToken).auth.revoke();
  await expect(other.bot.auth.test()).rejects.toMatchObject({ data: { error: "token_revoked" } });
  await other.workspace.stop();
});

describe("arguments", () => {
  const call = async (headers: Readonly<Record<string, string>>, body: string): Promise<unknown> => {
    const authorization = `Bearer ${opened.running.userToken}`;
    return (
      await fetch(`${opened.running.apiUrl}chat.postMessage`, { method: "POST", headers: { authorization, ...headers }, body })
    ).json();
  };

  test("come as JSON or as a form", async () => {
    expect(await call({ "content-type": "application/json" }, JSON.stringify({ channel, text: "as JSON" }))).toMatchObject({ ok: true });
    const form = new URLSearchParams({ channel, text: "as a form" }).toString();
    expect(await call({ "content-type": "application/x-www-form-urlencoded" }, form)).toMatchObject({ ok: true });
  });

  test("that are no JSON are refused", async () => {
    expect(await call({ "content-type": "application/json" }, "{")).toEqual({ ok: false, error: "invalid_json" });
  });

  test("in a multipart form without a boundary are refused", async () => {
    expect(await call({ "content-type": "multipart/form-data" }, "channel")).toEqual({ ok: false, error: "invalid_form_data" });
  });

  test("may name the channel, too", async () => {
    const posted = await opened.as("ana").chat.postMessage({ channel: "#backend", text: "by name" });
    expect(posted.channel).toBe(channel);
  });
});
