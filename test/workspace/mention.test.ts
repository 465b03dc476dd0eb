import { expect, test, onTestFinished } from "vitest";
import { connectApp, createInbox } from "./connected-app.js";

test("a person's mention reaches the app and its answer comes back into the thread", async () => {
  const connected = await connectApp((app) => {
    app.event("app_mention", async ({ event, say }) => void (await say({ text: "On it.", thread_ts: event.thread_ts ?? event.ts })));
  });
  onTestFinished(connected.stop);
  const channel = await connected.channel("backend");
  const asked = await connected.as("ana").chat.postMessage({ channel, text: `<@${connected.running.botUserId}> review lib/shop.ex` });
  const replies = createInbox<string>();
  const poll = async (): Promise<void> => {
    const thread = await connected.as("ana").conversations.replies({ channel, ts: asked.ts ?? "" });
    const answer = thread.messages?.find((message) => message.user === connected.running.botUserId);
    if (answer?.text !== undefined) replies.add(answer.text);
    else setImmediate(() => void poll());
  };
  void poll();
  expect(await replies.take(1)).toEqual(["On it."]);
});
