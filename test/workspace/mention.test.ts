import type { App } from "@slack/bolt";
import { expect, onTestFinished, test } from "vitest";
import { connectApp, createInbox, type ConnectedApp } from "./connected-app.js";

interface Heard {
  readonly eventId: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A connected app that only listens. */
async function listening(options = {}): Promise<ConnectedApp & { readonly heard: ReturnType<typeof createInbox<Heard>> }> {
  const heard = createInbox<Heard>();
  const hear = (app: App): void => {
    const listen = async ({ event, body }: { event: object; body: { event_id: string } }): Promise<void> =>
      heard.add({ eventId: body.event_id, event: { ...event } });
    app.event("app_mention", listen);
    app.event("message", listen);
  };
  const connected = await connectApp(hear, options);
  onTestFinished(connected.stop);
  return { ...connected, heard };
}

test("an app's answer to a mention comes back into the thread", async () => {
  const answered = createInbox<string>();
  const connected = await connectApp((app) => {
    app.event("app_mention", async ({ event, say }) => {
      const said = await say({ text: "On it.", thread_ts: event.thread_ts ?? event.ts });
      answered.add(said.ts ?? "");
    });
  });
  onTestFinished(connected.stop);
  const channel = await connected.channel("backend");
  const asked = await connected.as("ana").chat.postMessage({ channel, text: "@guard review lib/shop.ex" });
  const [answer] = await answered.take(1);
  const thread = await connected.as("ben").conversations.replies({ channel, ts: asked.ts ?? "" });
  expect(thread.messages?.map(({ text, user }) => [user === connected.running.botUserId, text])).toEqual([
    [false, `<@${connected.running.botUserId}> review lib/shop.ex`],
    [true, "On it."],
  ]);
  expect(thread.messages?.[0]).toMatchObject({ reply_count: 1, latest_reply: answer });
});

test.each(["in a channel", "in a thread"])(
  "a mention %s arrives as app_mention and as message, with different event ids",
  async (place) => {
    const { channel: find, as, heard, running } = await listening();
    const channel = await find("backend");
    const root = await as("ben").chat.postMessage({ channel, text: "Something is slow" });
    const thread = place === "in a thread" ? { thread_ts: root.ts ?? "" } : {};
    const asked = await as("ana").chat.postMessage({ channel, text: `<@${running.botUserId}> why?`, ...thread });
    const events = (await heard.take(3)).slice(1);
    expect(events.map(({ event }) => event["type"]).sort()).toEqual(["app_mention", "message"]);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
    for (const { event } of events) {
      expect(event).toMatchObject({ channel, ts: asked.ts, text: `<@${running.botUserId}> why?`, ...thread });
      expect(event["client_msg_id"]).toBe(events[0]?.event["client_msg_id"]);
    }
  },
);

test("a doubled event arrives twice with one event id, and only that one does", async () => {
  const { channel, as, heard, workspace } = await listening();
  workspace.deliverNextTwice();
  await as("ana").chat.postMessage({ channel: await channel("backend"), text: "first" });
  await as("ana").chat.postMessage({ channel: await channel("backend"), text: "second" });
  const events = await heard.take(3);
  expect(events.map(({ event }) => event["text"]).sort()).toEqual(["first", "first", "second"]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
});

test("a direct message arrives as a message of channel type im, never as a mention", async () => {
  const { as, heard, running } = await listening();
  await as("ana").chat.postMessage({ channel: running.botUserId, text: `<@${running.botUserId}> hello` });
  await as("ana").chat.postMessage({ channel: running.botUserId, text: "still there?" });
  const events = await heard.take(2);
  expect(events.map(({ event }) => [event["type"], event["channel_type"]])).toEqual([
    ["message", "im"],
    ["message", "im"],
  ]);
});

test("edits and deletions arrive with what the message was before", async () => {
  const { as, channel: find, heard } = await listening();
  const channel = await find("backend");
  const { ts = "" } = await as("ana").chat.postMessage({ channel, text: "before" });
  await as("ana").chat.update({ channel, ts, text: "after" });
  await as("ana").chat.delete({ channel, ts });
  const [, changed, deleted] = await heard.take(3);
  expect(changed?.event).toMatchObject({
    subtype: "message_changed",
    message: { ts, text: "after" },
    previous_message: { text: "before" },
  });
  expect(deleted?.event).toMatchObject({ subtype: "message_deleted", deleted_ts: ts, previous_message: { text: "after" } });
});

test("what is said where the bot was not invited stays unheard", async () => {
  const team = {
    name: "Two rooms",
    domain: "two-rooms",
    people: [{ name: "ana", realName: "Ana Duarte" }],
    channels: [{ name: "secret", hasBot: false }, { name: "open" }],
  };
  const { as, channel, heard, running } = await listening({ team });
  await as("ana").chat.postMessage({ channel: await channel("secret"), text: `<@${running.botUserId}> psst` });
  await as("ana").chat.postMessage({ channel: await channel("open"), text: "hello" });
  const [event] = await heard.take(1);
  expect(event?.event["text"]).toBe("hello");
  expect(heard.values).toHaveLength(1);
});

test("a person's text arrives as Slack's composer sends it: entities, linked addresses and rich text", async () => {
  const { as, channel, heard, running } = await listening();
  await as("ana").chat.postMessage({
    channel: await channel("backend"),
    text: "@guard is `a <- b` right? see https://example.com/x.ex#L3 and `@ben`",
  });
  const [event] = await heard.take(1);
  expect(event?.event["text"]).toBe(`<@${running.botUserId}> is \`a &lt;- b\` right? see <https://example.com/x.ex#L3> and \`@ben\``);
  expect(event?.event["blocks"]).toMatchObject([
    {
      type: "rich_text",
      elements: [
        {
          type: "rich_text_section",
          elements: [
            { type: "user", user_id: running.botUserId },
            { type: "text", text: " is " },
            { type: "text", text: "a <- b", style: { code: true } },
            { type: "text", text: " right? see " },
            { type: "link", url: "https://example.com/x.ex#L3" },
            { type: "text", text: " and " },
            { type: "text", text: "@ben", style: { code: true } },
          ],
        },
      ],
    },
  ]);
});
