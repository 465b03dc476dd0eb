import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestBot } from "../support/bot.js";
import type { TestBot } from "../support/bot.js";
import { shop } from "../support/consultation.js";
import { startMessagesApi } from "../support/messages-api.js";
import type { MessagesApi } from "../support/messages-api.js";
import { opinionWith } from "../support/opinion.js";
import { createRepository } from "../support/repository.js";

const question = "which table does the search controller read, and how?";
const answer = {
  answer: "`index/2` of `ShopWeb.SearchController` reads `users` with a statement made of the request's text.",
  evidence: [{ path: "lib/shop/search.ex", line: 6, quote: "Repo.query!(\"SELECT id FROM users WHERE name ILIKE '%#{q}%'\").rows" }],
};

describe("an open question in a thread", () => {
  let api: MessagesApi;
  let bot: TestBot;
  let channel: string;
  let thread: string;
  beforeAll(async () => {
    api = await startMessagesApi();
    const repository = await createRepository({ files: shop });
    const shared = { url: repository.path, defaultBranch: "main", channels: ["*"], aliases: [] };
    bot = await startTestBot({
      repositories: [{ name: "shop", ...shared }],
      workspace: {
        team: { name: "Shop", domain: "shop", people: [{ name: "ana", realName: "Ana Duarte" }], channels: [{ name: "backend" }] },
      },
      environment: { ANTHROPIC_API_KEY: ["test", "key"].join("-"), ANTHROPIC_BASE_URL: api.url },
    });
    channel = await bot.channel("backend");
    api.script({ text: JSON.stringify(opinionWith([])) });
    thread = await bot.say("ana", channel, `${bot.mention} review lib/shop/orders.ex`);
    await said(/guard:decide:rejected:1/);
    await bot.guard.whenIdle();
  });
  afterAll(async () => {
    await bot.stop();
    await api.close();
  });

  function said(words: RegExp): Promise<void> {
    return vi.waitFor(async () => expect(JSON.stringify(await bot.thread(channel, thread))).toMatch(words), {
      timeout: 15_000,
      interval: 50,
    });
  }

  it("is answered from the project, with the lines it rests on and what it cost", async () => {
    api.script({ text: "Looking.", calls: [{ name: "search", input: { text: "ILIKE" } }] }, { text: JSON.stringify(answer) });
    await bot.say("ana", channel, `${bot.mention} ${question}`, thread);
    await said(/made of the request/);
    await said(/lib\/shop\/search\.ex:6/);
    await said(/after 1 look at the project.*\$0\.00/);
    expect(api.calls.at(-1)?.raw).toContain(question);
  });

  it("is answered from Guard's record when no line bears the model out", async () => {
    api.script({ text: JSON.stringify({ answer: "It reads `secrets`.", evidence: [] }) });
    await bot.say("ana", channel, `${bot.mention} ${question} and why?`, thread);
    await said(/rests on no line that stands.*From this review Guard can answer/);
  });
});
