import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openWorkspace, type OpenWorkspace } from "./connected-app.js";

let opened: OpenWorkspace;
let channel: string;

beforeAll(async () => {
  opened = await openWorkspace({ limitsRates: false });
  channel = await opened.channel("backend");
});
afterAll(() => opened.workspace.stop());

const letters = (count: number): string => "x".repeat(count);
const plain = (text: string) => ({ type: "plain_text", text });
const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const button = (fields = {}) => ({ type: "button", text: plain("Go"), action_id: "go", ...fields });
const section = { type: "section", text: mrkdwn("fine") };

const post = (blocks: readonly unknown[]): Promise<unknown> =>
  opened.bot.apiCall("chat.postMessage", { channel, text: "fallback", blocks });

const faults: readonly (readonly [what: string, blocks: readonly unknown[], complaint: string])[] = [
  [
    "a section beyond 3,000 characters",
    [section, { type: "section", text: mrkdwn(letters(3_001)) }],
    "must be less than 3001 characters [json-pointer:/blocks/1/text/text]",
  ],
  [
    "a header beyond 150 characters",
    [{ type: "header", text: plain(letters(151)) }],
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "eleven fields",
    [{ type: "section", fields: Array.from({ length: 11 }, () => mrkdwn("a")) }],
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  ],
  [
    "a field beyond 2,000 characters",
    [{ type: "section", fields: [mrkdwn(letters(2_001))] }],
    "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
  ],
  [
    "eleven context elements",
    [{ type: "context", elements: Array.from({ length: 11 }, () => mrkdwn("a")) }],
    "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "26 buttons",
    [{ type: "actions", elements: Array.from({ length: 26 }, () => button()) }],
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "a button text beyond 75 characters",
    [{ type: "actions", elements: [button({ text: plain(letters(76)) })] }],
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  ],
  [
    "a button value beyond 2,000 characters",
    [{ type: "actions", elements: [button({ value: letters(2_001) })] }],
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  ],
  [
    "a button address beyond 3,000 characters",
    [{ ...section, accessory: button({ url: letters(3_001) }) }],
    "must be less than 3001 characters [json-pointer:/blocks/0/accessory/url]",
  ],
  [
    "a block id beyond 255 characters",
    [{ type: "divider", block_id: letters(256) }],
    "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
  ],
  ["an empty text", [{ type: "section", text: mrkdwn("") }], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
  ["a header without text", [{ type: "header" }], "missing required field: text [json-pointer:/blocks/0]"],
  ["a section with nothing to show", [{ type: "section" }], "missing required field: text [json-pointer:/blocks/0]"],
  ["a block nobody knows", [{ type: "hologram" }], "unsupported type [json-pointer:/blocks/0/type]"],
  ["mrkdwn in a header", [{ type: "header", text: mrkdwn("no") }], "invalid value [json-pointer:/blocks/0/text/type]"],
  [
    "too much Markdown in one block",
    [{ type: "markdown", text: letters(12_001) }],
    "must be less than 12001 characters [json-pointer:/blocks/0/text]",
  ],
  [
    "too much Markdown in all blocks together",
    [
      { type: "markdown", text: letters(6_001) },
      { type: "markdown", text: letters(6_000) },
    ],
    "markdown blocks must be less than 12001 characters together [json-pointer:/blocks]",
  ],
];

test.each(faults)("%s is refused, pointing at the place", async (_what, blocks, complaint) => {
  await expect(post(blocks)).rejects.toMatchObject({
    data: { error: "invalid_blocks", errors: [complaint], response_metadata: { messages: [`[ERROR] ${complaint}`] } },
  });
});

test("fifty blocks are taken and fifty-one are not", async () => {
  await expect(post(Array.from({ length: 50 }, () => section))).resolves.toMatchObject({ ok: true });
  await expect(post(Array.from({ length: 51 }, () => section))).rejects.toMatchObject({ data: { error: "msg_blocks_too_many" } });
});

test("blocks that are no array are refused", async () => {
  await expect(opened.bot.apiCall("chat.postMessage", { channel, blocks: "not json" })).rejects.toMatchObject({
    data: { error: "invalid_blocks_format" },
  });
});

test("blocks and buttons without ids are given some", async () => {
  const posted = await opened.bot.chat.postMessage({
    channel,
    text: "fallback",
    blocks: [{ type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Go" } }] }],
  });
  expect(JSON.stringify(posted.message?.blocks)).toMatch(/"action_id":"\w+".*"block_id":"\w+"/);
});

test("text beyond 40,000 characters is cut, with a warning", async () => {
  const posted = await opened.bot.chat.postMessage({ channel, text: letters(40_001) });
  expect(posted.message?.text).toHaveLength(40_000);
  expect(posted).toMatchObject({ warning: "message_truncated" });
});

test("an update with text alone takes the blocks away", async () => {
  const { ts = "" } = await opened.bot.chat.postMessage({ channel, text: "before", blocks: [{ type: "divider" }] });
  const updated = await opened.bot.apiCall("chat.update", { channel, ts, text: "after" });
  expect(updated).toMatchObject({
    message: { text: "after", blocks: [{ type: "rich_text" }], edited: { user: opened.running.botUserId } },
  });
});

test("every ts is later than the one before, even within one millisecond", async () => {
  const stopped = await openWorkspace({ clock: () => 1_790_000_000_000 });
  onTestFinished(stopped.workspace.stop);
  const posts: string[] = [];
  for (let count = 0; count < 3; count += 1)
    posts.push((await stopped.as("ana").chat.postMessage({ channel: "#backend", text: "x" })).ts ?? "");
  expect(posts).toEqual(["1790000000.000000", "1790000000.000001", "1790000000.000002"]);
});

test("an app that calls too often is told when to come back, and a person is not held up", async () => {
  let now = 1_790_000_000_000;
  const limited = await openWorkspace({ clock: () => now });
  onTestFinished(limited.workspace.stop);
  for (let call = 1; call <= 20; call += 1) await limited.bot.users.list({});
  now += 10_000;
  await expect(limited.bot.users.list({})).rejects.toMatchObject({ retryAfter: 50 });
  await expect(limited.bot.auth.test()).resolves.toMatchObject({ ok: true });
  await expect(limited.as("ana").users.list({})).resolves.toMatchObject({ ok: true });
  now += 50_001;
  await expect(limited.bot.users.list({})).resolves.toMatchObject({ ok: true });
});

test("a listing comes in pages that together hold everything once", async () => {
  const thread = (await opened.as("ana").chat.postMessage({ channel, text: "root" })).ts ?? "";
  for (const text of ["one", "two", "three"]) await opened.as("ben").chat.postMessage({ channel, thread_ts: thread, text });
  const first = await opened.as("ana").conversations.replies({ channel, ts: thread, limit: 3 });
  expect(first.has_more).toBe(true);
  const rest = await opened
    .as("ana")
    .conversations.replies({ channel, ts: thread, limit: 3, cursor: first.response_metadata?.next_cursor ?? "" });
  expect([...(first.messages ?? []), ...(rest.messages ?? [])].map(({ text }) => text)).toEqual(["root", "one", "two", "three"]);
  expect(rest.has_more).toBe(false);
});
