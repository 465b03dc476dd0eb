import { afterEach, describe, expect, it, vi } from "vitest";
import type { Repository } from "../../src/model/source.js";
import { startTestBot } from "../support/bot.js";
import type { TestBot } from "../support/bot.js";
import { createGate } from "../support/gate.js";
import { createRepository } from "../support/repository.js";

const repository = await createRepository({
  files: { "mix.exs": "defmodule S.MixProject do\nend\n", "lib/a.ex": "defmodule A do\n  def a, do: 1\nend\n" },
});
const repositories: readonly Repository[] = [{ name: "shop", url: repository.path, defaultBranch: "main", channels: ["*"], aliases: [] }];

const running: TestBot[] = [];
afterEach(async () => {
  for (const bot of running.splice(0).reverse()) await bot.stop();
});

async function start(options: Omit<Parameters<typeof startTestBot>[0], "repositories">): Promise<TestBot> {
  const bot = await startTestBot({ repositories, ...options });
  running.push(bot);
  return bot;
}

function texts(bot: TestBot, channel: string, thread: string): Promise<readonly string[]> {
  return bot.thread(channel, thread).then((messages) => messages.filter(({ user }) => user === bot.botUser).map(({ text }) => text ?? ""));
}

describe("a bot that is stopped in the middle of a review", () => {
  it("hands it to the next start, which answers it", async () => {
    const { gate, hold } = createGate();
    const first = await startTestBot({ repositories, ports: hold(false) });
    const channel = await first.channel("backend");
    const asked = await first.say("ana", channel, `${first.mention} review lib/a.ex`);
    await vi.waitFor(() => expect(gate.begun).toBe(1));
    await first.closeBot();
    expect(await texts(first, channel, asked)).toEqual(["Guard is restarting; it takes this up again by itself."]);

    const second = await start({ earlier: first });
    await second.guard.whenIdle();
    expect((await texts(second, channel, asked)).join("\n")).toContain("lib/a.ex");
    expect(await second.memory.open()).toEqual([]);
  });

  it("takes nothing it does not accept: what is said meanwhile is left to Slack", async () => {
    const bot = await start({});
    await bot.guard.stop();
    await expect(bot.guard.accept({ type: "event_callback" })).rejects.toThrow("Slack will deliver this again");
  });
});

describe("a bot that died in the middle of a review", () => {
  /** Leaves the request as a killed process does: under way in memory, and nobody at work on it. */
  async function died(options: Parameters<typeof start>[0] = {}) {
    const { gate, hold } = createGate();
    const bot = await startTestBot({ repositories, ...options, ports: hold(true) });
    const channel = await bot.channel("backend");
    const asked = options.earlier === undefined ? await bot.say("ana", channel, `${bot.mention} review lib/a.ex`) : "";
    await vi.waitFor(() => expect(gate.begun).toBe(1));
    const open = await bot.memory.open();
    return { bot, gate, channel, asked, open };
  }

  it("runs it again once, says so, and gives it up the second time", async () => {
    const first = await died();
    expect(first.open.map(({ state }) => state)).toEqual(["running"]);
    const { workspace, running: place, folder } = first.bot;
    const earlier = { workspace, running: place, folder };

    const second = await died({ earlier });
    const again = (await texts(second.bot, first.channel, first.asked)).join("\n");
    expect(again).toContain("Interrupted by a restart, running it again.");

    const third = await startTestBot({ repositories, earlier });
    await vi.waitFor(async () =>
      expect((await texts(third, first.channel, first.asked)).join("\n")).toContain("interrupted twice and Guard gave it up"),
    );
    expect(await third.memory.open()).toEqual([]);
    await third.closeBot();
    for (const dead of [second, first]) {
      dead.gate.letGo();
      await dead.bot.closeBot();
    }
    await workspace.stop();
  });
});

describe("work that fails", () => {
  it("tells so in place of its progress, with a number to ask about and nothing of the fault itself", async () => {
    const bot = await start({ ports: (ports) => ({ ...ports, consult: async () => Promise.reject(new Error("secret detail")) }) });
    const channel = await bot.channel("backend");
    const asked = await bot.say("ana", channel, `${bot.mention} review lib/a.ex`);
    await vi.waitFor(async () => expect((await texts(bot, channel, asked)).join("\n")).toContain("Something went wrong inside Guard"));
    await bot.guard.whenIdle();
    const said = await texts(bot, channel, asked);
    expect(said.length).toBe(1);
    expect(said[0]).not.toContain("secret detail");
    expect(said[0]).toContain(asked);
    expect(await bot.memory.open()).toEqual([]);
  });

  it("that takes too long ends with a sentence", async () => {
    const { hold } = createGate();
    const bot = await start({ ports: (ports) => ({ ...hold(false)(ports), deadline: () => AbortSignal.timeout(50) }) });
    const channel = await bot.channel("backend");
    const asked = await bot.say("ana", channel, `${bot.mention} review lib/a.ex`);
    await vi.waitFor(async () => expect((await texts(bot, channel, asked)).join("\n")).toContain("longer than Guard allows itself"));
  });
});

describe("several requests", () => {
  it("in one thread are worked on one after the other, in others at the same time", async () => {
    const { gate, hold } = createGate();
    const bot = await start({ ports: hold(true) });
    const channel = await bot.channel("backend");
    const asked = await bot.say("ana", channel, `${bot.mention} review lib/a.ex`);
    await bot.say("ana", channel, `${bot.mention} review lib/a.ex please`, asked);
    await bot.say("ana", channel, `${bot.mention} review lib/a.ex too`);
    await vi.waitFor(async () => expect((await bot.memory.open()).length).toBe(3));
    await vi.waitFor(() => expect(gate.begun).toBe(2));
    gate.letGo();
    await bot.guard.whenIdle();
    expect(gate.begun).toBe(3);
  });
});
