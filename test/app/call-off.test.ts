import { afterEach, describe, expect, it, vi } from "vitest";
import type { Repository } from "../../src/model/source.js";
import { startTestBot, whispersTo } from "../support/bot.js";
import type { Message, TestBot } from "../support/bot.js";
import { createGate } from "../support/gate.js";
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

const running: TestBot[] = [];
afterEach(async () => {
  for (const bot of running.splice(0).reverse()) await bot.stop();
});

/** A bot that holds each review until it is called off; one review has been asked for and has begun. */
async function reviewing() {
  const { gate, hold } = createGate();
  const bot = await startTestBot({ repositories, ports: hold(false), workspace: { team } });
  running.push(bot);
  const channel = await bot.channel("backend");
  const asked = await bot.say("ana", channel, `${bot.mention} review lib/a.ex`);
  await vi.waitFor(() => expect(gate.begun).toBe(1));
  return { bot, gate, channel, asked };
}

type Reviewing = Awaited<ReturnType<typeof reviewing>>;

async function fromGuard({ bot, channel, asked }: Reviewing): Promise<readonly Message[]> {
  return (await bot.thread(channel, asked)).filter(({ user }) => user === bot.botUser);
}

async function endsWith(review: Reviewing, sentence: string): Promise<void> {
  await vi.waitFor(async () => expect((await fromGuard(review)).map(({ text }) => text)).toEqual([sentence]), { timeout: 10_000 });
  await review.bot.guard.whenIdle();
  expect(await review.bot.memory.open()).toEqual([]);
}

const stoppedBy = (name: string): string => `Stopped by ${name}. What was read so far is kept, so asking again goes on from there.`;

async function toldPrivately({ bot }: Reviewing, name: string, words: string): Promise<void> {
  const user = (await bot.as(name).auth.test()).user_id ?? "";
  await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, user))).toContain(words), { timeout: 10_000 });
}

describe("a review that goes on", () => {
  it("ends at the Stop button under its progress, which then is gone", async () => {
    const review = await reviewing();
    const [progress] = await fromGuard(review);
    await review.bot.press("ben", review.channel, progress?.ts ?? "", "guard:stop");
    await endsWith(review, stoppedBy("ben"));
    expect(JSON.stringify(await fromGuard(review))).not.toContain("guard:stop");
  });

  it("ends at ❌ on the question", async () => {
    const review = await reviewing();
    await review.bot.as("ana").reactions.add({ channel: review.channel, timestamp: review.asked, name: "x" });
    await endsWith(review, stoppedBy("ana"));
  });

  it("ends at ❌ on Guard's own message, and no other reaction ends it", async () => {
    const review = await reviewing();
    const [progress] = await fromGuard(review);
    const on = { channel: review.channel, timestamp: progress?.ts ?? "" };
    await review.bot.as("ben").reactions.add({ ...on, name: "eyes" });
    await review.bot.as("ben").reactions.add({ ...on, name: "x" });
    await endsWith(review, stoppedBy("ben"));
  });

  it.each(["stop", "Please stop!", "never mind", "cancel the review"])(
    "ends at the word %o in its thread, said to nobody",
    async (words) => {
      const review = await reviewing();
      await review.bot.say("ana", review.channel, words, review.asked);
      await endsWith(review, stoppedBy("ana"));
    },
  );

  it("ends when the person who asked says so by the command", async () => {
    const review = await reviewing();
    await review.bot.command("ben", review.channel, "stop");
    await toldPrivately(review, "ben", "working on nothing you asked for");
    await review.bot.command("ana", review.channel, "stop");
    await endsWith(review, stoppedBy("ana"));
  });

  it("ends when the question is deleted", async () => {
    const review = await reviewing();
    await review.bot.as("ana").chat.delete({ channel: review.channel, ts: review.asked });
    await endsWith(review, "The request was deleted, so Guard stopped.");
  });

  it("goes on when the question is edited, and says that it answers the first words", async () => {
    const review = await reviewing();
    await review.bot.as("ana").chat.update({ channel: review.channel, ts: review.asked, text: `${review.bot.mention} review lib/b.ex` });
    await toldPrivately(review, "ana", "as you first sent it");
    expect((await fromGuard(review)).map(({ text }) => text)).toEqual([expect.stringContaining("⏳")]);
  });

  it("is not stopped by a guest", async () => {
    const review = await reviewing();
    const [progress] = await fromGuard(review);
    await review.bot.press("gus", review.channel, progress?.ts ?? "", "guard:stop");
    await toldPrivately(review, "gus", "does not answer guest accounts");
    expect((await fromGuard(review)).map(({ text }) => text)).toEqual([expect.stringContaining("⏳")]);
  });

  it("takes the one that waits behind it along, which never begins", async () => {
    const review = await reviewing();
    await review.bot.say("ben", review.channel, `${review.bot.mention} review lib/a.ex`, review.asked);
    await vi.waitFor(async () => expect((await review.bot.memory.open()).length).toBe(2));
    await review.bot.say("ana", review.channel, "stop", review.asked);
    await review.bot.guard.whenIdle();
    expect((await fromGuard(review)).map(({ text }) => text)).toEqual([stoppedBy("ana"), stoppedBy("ana")]);
    expect(review.gate.begun).toBe(1);
  });
});

describe("a thread where nothing goes on", () => {
  it("hears so when Guard is told to stop, and people's own stop is theirs", async () => {
    const review = await reviewing();
    await review.bot.say("ana", review.channel, "stop", review.asked);
    await endsWith(review, stoppedBy("ana"));
    await review.bot.say("ben", review.channel, "stop", review.asked);
    await review.bot.say("ana", review.channel, `${review.bot.mention} stop`, review.asked);
    await toldPrivately(review, "ana", "working on nothing in this thread");
    expect((await fromGuard(review)).length).toBe(1);
  });
});
