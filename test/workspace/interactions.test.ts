import type { App } from "@slack/bolt";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { connectApp, createInbox, openWorkspace, type ConnectedApp } from "./connected-app.js";

const command = z.looseObject({ ok: z.literal(true), response: z.unknown().optional() });

async function connected(prepare: (app: App) => void, options = {}): Promise<ConnectedApp> {
  const app = await connectApp(prepare, options);
  onTestFinished(app.stop);
  return app;
}

const typeCommand = async (app: ConnectedApp, text: string, name = "/guard") =>
  command.parse(await app.as("ana").apiCall("chat.command", { channel: await app.channel("backend"), command: name, text }));

const respondTo = (url: string, body: Readonly<Record<string, unknown>>): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const buttons = (...texts: readonly string[]) => [
  { type: "section", text: { type: "mrkdwn", text: "Shall I?" } },
  {
    type: "actions",
    block_id: "choices",
    elements: texts.map((text) => ({ type: "button", action_id: text, value: `value of ${text}`, text: { type: "plain_text", text } })),
  },
];

test("a slash command reaches the app with everything Slack sends, and no thread", async () => {
  const heard = createInbox<Readonly<Record<string, unknown>>>();
  const app = await connected((bolt) =>
    bolt.command("/guard", async ({ command: payload, ack }) => {
      heard.add({ ...payload });
      await ack();
    }),
  );
  await typeCommand(app, " audit shop main ");
  const [payload] = await heard.take(1);
  expect(payload).toMatchObject({
    command: "/guard",
    text: "audit shop main",
    channel_name: "backend",
    user_name: "ana",
    is_enterprise_install: "false",
  });
  expect(payload).not.toHaveProperty("thread_ts");
  expect(payload?.["response_url"]).toContain(app.running.apiUrl.replace("/api/", "/commands/"));
});

test("an acknowledgement that says something is shown to the person alone", async () => {
  const app = await connected((bolt) =>
    bolt.command("/guard", async ({ ack }) => ack({ response_type: "ephemeral", text: "Here is help" })),
  );
  expect((await typeCommand(app, "help")).response).toEqual({ response_type: "ephemeral", text: "Here is help" });
  const history = await app.as("ana").conversations.history({ channel: await app.channel("backend") });
  expect(history.messages).toEqual([]);
});

test("a response_url says things in the channel five times and not a sixth", async () => {
  const urls = createInbox<string>();
  const app = await connected((bolt) =>
    bolt.command("/guard", async ({ command: payload, ack }) => {
      await ack();
      urls.add(payload.response_url);
    }),
  );
  await typeCommand(app, "audit");
  const [url = ""] = await urls.take(1);
  for (let use = 1; use <= 5; use += 1)
    expect((await respondTo(url, { response_type: "in_channel", text: `answer ${use}` })).status).toBe(200);
  const sixth = await respondTo(url, { text: "answer 6" });
  expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: "used_url" }]);
  const history = await app.as("ana").conversations.history({ channel: await app.channel("backend") });
  expect(history.messages?.map(({ text }) => text)).toEqual(["answer 5", "answer 4", "answer 3", "answer 2", "answer 1"]);
});

test("a response_url is dead after thirty minutes", async () => {
  let now = 1_790_000_000_000;
  const urls = createInbox<string>();
  const app = await connected(
    (bolt) =>
      bolt.command("/guard", async ({ command: payload, ack }) => {
        await ack();
        urls.add(payload.response_url);
      }),
    { clock: () => now },
  );
  await typeCommand(app, "audit");
  const [url = ""] = await urls.take(1);
  now += 30 * 60_000;
  expect((await respondTo(url, { text: "too late" })).status).toBe(404);
});

test("a command nobody listens to fails as it does on Slack, and so does one that does not exist", async () => {
  const opened = await openWorkspace();
  onTestFinished(opened.workspace.stop);
  const channel = await opened.channel("backend");
  const call = (name: string) => opened.as("ana").apiCall("chat.command", { channel, command: name, text: "" });
  await expect(call("/guard")).rejects.toMatchObject({ data: { error: "dispatch_failed" } });
  await expect(call("/unknown")).rejects.toMatchObject({ data: { error: "invalid_arguments" } });
  await expect(opened.bot.apiCall("chat.command", { channel, command: "/guard" })).rejects.toMatchObject({
    data: { error: "not_allowed_token_type" },
  });
});

test("a click tells the app who clicked what where, and respond replaces the message", async () => {
  const clicked = createInbox<Readonly<Record<string, unknown>>>();
  const app = await connected((bolt) =>
    bolt.action("accept", async ({ body, ack, respond }) => {
      await ack();
      await respond({ replace_original: true, text: "Accepted" });
      clicked.add({ ...body });
    }),
  );
  const channel = await app.channel("backend");
  const posted = await app.bot.chat.postMessage({ channel, text: "Shall I?", blocks: buttons("accept", "reject") });
  await app.as("ben").apiCall("blocks.actions", { channel, message_ts: posted.ts, block_id: "choices", action_id: "accept" });
  const [payload] = await clicked.take(1);
  expect(payload).toMatchObject({
    type: "block_actions",
    user: { username: "ben" },
    container: { type: "message", message_ts: posted.ts, channel_id: channel, is_ephemeral: false },
    message: { ts: posted.ts, text: "Shall I?" },
    actions: [{ type: "button", action_id: "accept", block_id: "choices", value: "value of accept" }],
  });
  const history = await app.as("ana").conversations.history({ channel });
  expect(history.messages?.[0]).toMatchObject({ text: "Accepted", edited: { user: app.running.botUserId } });
});

test("a button on an ephemeral message works for the person who sees it and for nobody else", async () => {
  const clicked = createInbox<Readonly<Record<string, unknown>>>();
  const app = await connected((bolt) =>
    bolt.action("accept", async ({ body, ack, respond }) => {
      await ack();
      await respond({ delete_original: true });
      clicked.add({ ...body });
    }),
  );
  const channel = await app.channel("backend");
  const ana = (await app.as("ana").auth.test()).user_id ?? "";
  const { message_ts: ts } = await app.bot.chat.postEphemeral({ channel, user: ana, text: "Shall I?", blocks: buttons("accept") });
  const click = (who: "ana" | "ben") => app.as(who).apiCall("blocks.actions", { channel, message_ts: ts, action_id: "accept" });
  await expect(click("ben")).rejects.toMatchObject({ data: { error: "message_not_found" } });
  await click("ana");
  const [payload] = await clicked.take(1);
  expect(payload).toMatchObject({ container: { is_ephemeral: true, message_ts: ts } });
  expect(payload).not.toHaveProperty("message");
  await expect(click("ana")).rejects.toMatchObject({ data: { error: "message_not_found" } });
});
