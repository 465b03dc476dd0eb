import type { App } from "@slack/bolt";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { createInbox } from "./connected-app.js";
import { composer, usePages } from "./open-page.js";

const openPage = usePages();
const thread = (page: Page) => page.getByRole("complementary", { name: "Thread" });

const question = [
  { type: "header", text: { type: "plain_text", text: "One problem in lib/shop.ex" } },
  { type: "section", text: { type: "mrkdwn", text: "*Critical*: see <https://git.example/shop/lib/shop.ex#L3|lib/shop.ex:3>" } },
  { type: "markdown", text: "## The fix\n\n<img src=x onerror=alert(1)>\n\n- keep `list/1`\n- [run](javascript:alert(1))" },
  { type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Show the rest" }, action_id: "rest" }] },
];

/** A stub of Guard: answers mentions in the thread with blocks and a patch, commands ephemerally, and clicks by updating. */
function answerLikeGuard(app: App): void {
  app.event("app_mention", async ({ event, client }) => {
    const place = { channel: event.channel, thread_ts: event.thread_ts ?? event.ts };
    await client.reactions.add({ channel: event.channel, timestamp: event.ts, name: "eyes" });
    await client.chat.postMessage({ ...place, text: "One problem", blocks: question });
    await client.filesUploadV2({ channel_id: place.channel, thread_ts: place.thread_ts, filename: "fix.patch", content: "-old\n+new\n" });
  });
  app.command("/guard", async ({ ack, command }) => ack({ response_type: "ephemeral", text: `You asked for *${command.text}*` }));
  app.action("rest", async ({ ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: "Here is the rest" });
  });
}

test("a person mentions Guard by keyboard alone, reads the thread, clicks a button and follows up", async () => {
  const { page, faults } = await openPage(answerLikeGuard);
  expect(page.url()).not.toContain("token");
  await composer(page).pressSequentially("@gua");
  await page.getByRole("option", { name: "@guard" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("review lib/shop.ex");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "2 replies" }).click();
  await thread(page).getByRole("heading", { name: "One problem in lib/shop.ex" }).waitFor();
  expect(await page.getByRole("button", { name: "eyes: Guard" }).count()).toBe(2);
  expect(await thread(page).getByRole("link", { name: "lib/shop.ex:3" }).getAttribute("href")).toBe(
    "https://git.example/shop/lib/shop.ex#L3",
  );
  await thread(page).getByRole("button", { name: "Show the rest" }).click();
  await thread(page).getByText("Here is the rest").waitFor();
  await thread(page).getByText("(edited)").waitFor();
  await thread(page).getByRole("textbox", { name: "Reply…" }).fill("why?");
  await page.keyboard.press("Enter");
  await thread(page).getByText("why?").waitFor();
  await page.keyboard.press("Escape");
  await thread(page).waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("HTML and script addresses in a message stay text", async () => {
  const { connected, page, faults } = await openPage(() => undefined);
  const channel = await connected.channel("backend");
  await connected.bot.chat.postMessage({ channel, text: "One problem", blocks: question });
  const message = page.getByRole("article", { name: /^Guard/ });
  await message.getByText("<img src=x onerror=alert(1)>").waitFor();
  expect(await message.locator("img, script, [href^='javascript']").count()).toBe(0);
  await message.getByText("run", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});

test("a slash command is completed, answered for the person alone, and gone for the other", async () => {
  const { page } = await openPage(answerLikeGuard);
  await composer(page).pressSequentially("/g");
  await page.getByRole("option", { name: "/guard" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("help");
  await page.keyboard.press("Enter");
  await page.getByText("You asked for help").waitFor();
  await page.getByText("Only visible to you").waitFor();
  await page.getByRole("radio", { name: "Ben Okafor" }).check();
  await page.getByText("You asked for help").waitFor({ state: "detached" });
});

test("a file is attached, arrives with its comment, and its diff is shown in colour and in full", async () => {
  const names = createInbox<string>();
  const { page } = await openPage((app) =>
    app.message(async ({ message }) => {
      if (message.subtype === "file_share") names.add(message.files?.[0]?.name ?? "");
    }),
  );
  const lines = Array.from({ length: 30 }, (_, index) => `+line ${index + 1}`).join("\n");
  await page.getByLabel("Choose files").setInputFiles({ name: "fix.patch", mimeType: "text/plain", buffer: Buffer.from(lines) });
  await composer(page).fill("@guard review this file");
  await page.keyboard.press("Enter");
  expect(await names.take(1)).toEqual(["fix.patch"]);
  const card = page.getByRole("region", { name: "File fix.patch" });
  await card.getByText("+line 12", { exact: true }).waitFor();
  expect(await card.getByText("+line 13", { exact: true }).count()).toBe(0);
  await card.getByRole("button", { name: "Show all 30 lines" }).click();
  await card.getByText("+line 30", { exact: true }).waitFor();
  expect(await card.locator(".line-added").count()).toBe(30);
});

test("files can be dropped on the composer and pasted into it, and taken out again", async () => {
  const { page } = await openPage(() => undefined);
  const give = (kind: "drop" | "paste", name: string) =>
    composer(page).evaluate(
      (field, [eventKind, fileName]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(["defmodule A do\nend\n"], fileName));
        const options = { bubbles: true, cancelable: true };
        const event =
          eventKind === "drop"
            ? new DragEvent("drop", { ...options, dataTransfer: transfer })
            : new ClipboardEvent("paste", { ...options, clipboardData: transfer });
        field.dispatchEvent(event);
      },
      [kind, name] as const,
    );
  await give("drop", "dropped.ex");
  await give("paste", "pasted.ex");
  await page.getByRole("button", { name: "Remove dropped.ex" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("region", { name: "File pasted.ex" }).getByText("defmodule A do").waitFor();
  expect(await page.getByRole("region", { name: "File dropped.ex" }).count()).toBe(0);
});

test("a person edits, reacts to and deletes a message, and the other sees it", async () => {
  const { connected, page } = await openPage(() => undefined);
  const channel = await connected.channel("backend");
  await composer(page).fill("is `a < b` & @guard fast?");
  await page.keyboard.press("Enter");
  const message = page.getByRole("article", { name: /^Ana/ });
  await message.hover();
  await message.getByRole("button", { name: "Edit message" }).click();
  const field = message.getByRole("textbox", { name: "Edit message" });
  expect(await field.inputValue()).toBe("is `a < b` & @guard fast?");
  await field.fill("never mind, @guard");
  await page.keyboard.press("Enter");
  await message.getByText("(edited)").waitFor();
  await message.hover();
  await message.getByRole("button", { name: "React with eyes" }).click();
  await page.getByRole("radio", { name: "Ben Okafor" }).check();
  await message.getByRole("button", { name: "eyes: Ana Duarte" }).click();
  await message.getByRole("button", { name: "eyes: Ana Duarte, Ben Okafor" }).waitFor();
  const { messages } = await connected.as("ben").conversations.history({ channel });
  expect(messages?.[0]).toMatchObject({ text: `never mind, <@${connected.running.botUserId}>`, reactions: [{ name: "eyes", count: 2 }] });
  expect(await message.getByRole("button", { name: "Delete message" }).count()).toBe(0);
  await page.getByRole("radio", { name: "Ana Duarte" }).check();
  await message.hover();
  await message.getByRole("button", { name: "Delete message" }).click();
  await message.waitFor({ state: "detached" });
});

test("a suggested prompt starts the conversation", async () => {
  const { page } = await openPage(answerLikeGuard);
  await page.getByRole("button", { name: /^Review a file/ }).click();
  await page.getByRole("button", { name: "2 replies" }).waitFor();
  expect(await page.getByRole("group", { name: "Suggested first messages" }).count()).toBe(0);
});

test("a repository is added through the dialog, and a refusal is shown in it", async () => {
  const addRepository = async (location: string) =>
    location === "/tmp/shop" ? { ok: true as const, name: "shop" } : { ok: false as const, sentence: "There is no repository there." };
  const { page } = await openPage(() => undefined, { addRepository });
  await page.getByRole("button", { name: "Add repository" }).click();
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("textbox").fill("/nowhere");
  await page.keyboard.press("Enter");
  await dialog.getByText("There is no repository there.").waitFor();
  await dialog.getByRole("textbox").fill("/tmp/shop");
  await page.keyboard.press("Enter");
  await dialog.getByText("shop is here").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a permalink leads to the message in its thread, inside the page and from outside", async () => {
  const { connected, page } = await openPage(() => undefined);
  const channel = await connected.channel("backend");
  const root = (await connected.as("ben").chat.postMessage({ channel, text: "root" })).ts ?? "";
  const reply = (await connected.as("ben").chat.postMessage({ channel, thread_ts: root, text: "the answer" })).ts ?? "";
  const { permalink = "" } = await connected.bot.chat.getPermalink({ channel, message_ts: reply });
  await connected.bot.chat.postMessage({ channel, text: `Decided: <${permalink}|here>` });
  await page.getByRole("link", { name: "here" }).click();
  await thread(page).locator(".is-highlighted").getByText("the answer").waitFor();
  await page.goto(permalink);
  await thread(page).locator(".is-highlighted").getByText("the answer").waitFor();
});

test("the page works at the width of a phone: channels in a drawer, the thread in place of the channel", async () => {
  const { connected, page } = await openPage(() => undefined);
  await page.setViewportSize({ width: 390, height: 780 });
  const channel = await connected.channel("backend");
  const root = (await connected.as("ben").chat.postMessage({ channel, text: "root" })).ts ?? "";
  await connected.as("ben").chat.postMessage({ channel, thread_ts: root, text: "reply" });
  await page.getByRole("button", { name: "1 reply" }).click();
  await thread(page).getByText("reply", { exact: true }).waitFor();
  expect(await composer(page).isVisible()).toBe(false);
  await page.getByRole("button", { name: "Close thread" }).click();
  await page.getByRole("button", { name: "Channels", exact: true }).click();
  await page.getByRole("button", { name: "general" }).click();
  await page.getByRole("textbox", { name: "Message #general" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test("when Guard is not connected the page says so, and a command is refused with a sentence", async () => {
  const { connected, page } = await openPage(() => undefined);
  await connected.app.stop();
  await page.getByText("Guard is not connected yet").waitFor();
  await composer(page).fill("/guard help");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Guard is not connected to the workspace").waitFor();
});
