import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Repository } from "../../src/model/source.js";
import { startTestBot, whispersTo } from "../support/bot.js";
import type { TestBot } from "../support/bot.js";
import { createRepository } from "../support/repository.js";

const repository = await createRepository({
  files: { "mix.exs": "defmodule S.MixProject do\nend\n", "lib/a.ex": "defmodule A do\n  def a, do: 1\nend\n" },
});
const repositories: readonly Repository[] = [{ name: "shop", url: repository.path, defaultBranch: "main", channels: ["*"], aliases: [] }];
const team = {
  name: "Corner Shop",
  domain: "corner-shop",
  people: [
    { name: "ana", realName: "Ana Duarte" },
    { name: "ben", realName: "Ben Okafor" },
    { name: "gus", realName: "Gus Guest", isGuest: true },
  ],
  channels: [{ name: "backend" }],
};

let bot: TestBot;
let channel: string;
beforeAll(async () => {
  bot = await startTestBot({ repositories, workspace: { team } });
  channel = await bot.channel("backend");
});
afterAll(() => bot.stop());

const pick = (name: string, message: string, callback = "guard:review") =>
  bot.as(name).apiCall("shortcuts.message", { channel, message_ts: message, callback_id: callback });

function answeredIn(thread: string, words: RegExp): Promise<void> {
  return vi.waitFor(
    async () => {
      const said = (await bot.thread(channel, thread)).filter(({ user }) => user === bot.botUser);
      expect(JSON.stringify(said)).toMatch(words);
    },
    { timeout: 15_000, interval: 30 },
  );
}

describe("Review with Guard, picked from a message's menu", () => {
  it("reviews what somebody else's message names, in its thread, though nobody mentioned Guard", async () => {
    const said = await bot.say("ben", channel, "I touched lib/a.ex again");
    await pick("ana", said);
    await answeredIn(said, /lib\/a\.ex.*Offline/);
    await bot.guard.whenIdle();
    const [root] = await bot.thread(channel, said);
    expect(root?.reactions).toBeUndefined();
  });

  it("works on a reply inside a thread, and twice on the same message", async () => {
    const root = await bot.say("ben", channel, "what do you think?");
    const reply = await bot.say("ana", channel, "see lib/a.ex", root);
    await pick("ana", reply);
    await pick("ana", reply);
    await answeredIn(root, /Review of a\.ex.*Review of a\.ex/);
  });

  it("says what is missing where the message names no code", async () => {
    const said = await bot.say("ben", channel, "good morning");
    await pick("ana", said);
    await answeredIn(said, /Nothing to review was named/);
  });

  it("is refused to a guest, who alone is told", async () => {
    const said = await bot.say("ben", channel, "lib/a.ex once more");
    await pick("gus", said);
    const gus = (await bot.as("gus").auth.test()).user_id ?? "";
    await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, gus))).toContain("does not answer guest accounts"));
    await bot.guard.whenIdle();
    expect((await bot.thread(channel, said)).length).toBe(1);
  });

  it("that the app does not declare is refused by the workspace", async () => {
    const said = await bot.say("ben", channel, "lib/a.ex");
    await expect(pick("ana", said, "guard:other")).rejects.toMatchObject({ data: { error: "invalid_arguments" } });
  });
});
