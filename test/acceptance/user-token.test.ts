import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startGuard, type StartedGuard } from "./started-guard.js";

type Message = NonNullable<Awaited<ReturnType<WebClient["conversations"]["replies"]>>["messages"]>[number];

let guard: StartedGuard;
let person: WebClient;
let channel: string;
let mention: string;

beforeAll(async () => {
  guard = await startGuard();
  person = new WebClient(guard.userToken, { slackApiUrl: `${new URL(guard.url).origin}/api/`, retryConfig: { retries: 0 } });
  channel = (await person.conversations.list({})).channels?.find(({ name }) => name === "backend")?.id ?? "";
  mention = `<@${(await person.users.list({})).members?.find(({ is_bot }) => is_bot)?.id ?? ""}>`;
});
afterAll(async () => {
  await guard.stop();
});

async function say(text: string, thread?: string): Promise<string> {
  return (await person.chat.postMessage({ channel, text, ...(thread === undefined ? {} : { thread_ts: thread }) })).ts ?? "";
}

async function inThread(ts: string): Promise<readonly Message[]> {
  return (await person.conversations.replies({ channel, ts })).messages ?? [];
}

/** The first message of the thread after `after` that says what is wanted. */
function answered(thread: string, after: string, wanted: RegExp): Promise<Message> {
  return vi.waitFor(
    async () => {
      const found = (await inThread(thread)).find(({ ts = "", text = "" }) => ts > after && wanted.test(text));
      if (found === undefined) throw new Error(`no answer like ${String(wanted)} yet`);
      return found;
    },
    { timeout: 15_000, interval: 50 },
  );
}

test("a person on a fresh machine has a page and a token within five seconds", () => {
  expect(guard.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\w+$/);
  expect(guard.startedInMs).toBeLessThan(5_000);
});

test("a mention is answered in its thread, a rejection is respected by the next review", async () => {
  const thread = await say(`${mention} review lib/shop/catalog.ex`);
  const verdict = await answered(thread, thread, /^Do not ship `lib\/shop\/catalog\.ex`/);
  expect(JSON.stringify(verdict.blocks)).toContain("runs once for every element of `rows`");
  await vi.waitFor(async () => expect((await inThread(thread)).flatMap(({ files = [] }) => files)).toHaveLength(2), { timeout: 5_000 });

  const why = await say("why is 2 high?", thread);
  await answered(thread, why, /^Problem 2: `Repo\.insert!\/1`/);

  const no = await say("reject 2 because imports run at night", thread);
  await answered(thread, no, /problem 2 rejected .*imports run at night/);

  const again = await say(`${mention} review lib/shop/catalog.ex`);
  const second = JSON.stringify((await answered(again, again, /^Do not ship/)).blocks);
  expect(second).toMatch(/decided on \d{4}-\d\d-\d\d by .+: imports run at night/);
  expect(second).not.toContain("runs once for every element of `rows`");
});

test("an unknown path gets one sentence with the nearest names", async () => {
  const thread = await say(`${mention} review lib/shop/catalogue.ex`);
  await answered(thread, thread, /^There is no lib\/shop\/catalogue\.ex in shop .*did you mean .*lib\/shop\/catalog\.ex/);
});

test("/guard audit posts its summary to the channel and the details below it", async () => {
  await person.apiCall("chat.command", { channel, command: "/guard", text: "audit" });
  const root = await vi.waitFor(
    async () => {
      const { messages = [] } = await person.conversations.history({ channel });
      const found = messages.find(({ text = "" }) => /^Audit of shop: \d+ findings/.test(text));
      if (found?.ts === undefined) throw new Error("no audit yet");
      return found.ts;
    },
    { timeout: 15_000, interval: 50 },
  );
  await vi.waitFor(
    async () => {
      const messages = await inThread(root);
      expect(messages.flatMap(({ files = [] }) => files.map(({ name }) => name))).toEqual([expect.stringMatching(/audit.*\.md$/)]);
    },
    { timeout: 10_000, interval: 50 },
  );
});

test("SIGTERM ends everything within five seconds", async () => {
  const other = await startGuard();
  const { code, tookMs } = await other.stop();
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(5_000);
});
