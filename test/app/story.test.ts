import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Repository } from "../../src/model/source.js";
import { dialogsOf, startTestBot, whispersTo } from "../support/bot.js";
import type { Message, TestBot } from "../support/bot.js";
import { createRepository } from "../support/repository.js";
import type { TestRepository } from "../support/repository.js";

const orders = `defmodule Shop.Orders do
  alias Shop.{Order, Repo, User}

  def list do
    Repo.all(Order)
  end

  def with_owners do
    Enum.map(list(), fn order -> {order, Repo.get(User, order.user_id)} end)
  end
end
`;

const files = {
  "mix.exs": `defmodule Shop.MixProject do\n  use Mix.Project\n\n  def project, do: [app: :shop, version: "0.1.0", deps: [{:ecto_sql, "~> 3.12"}]]\nend\n`,
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres\nend\n",
  "lib/shop/user.ex": `defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :name, :string\n  end\nend\n`,
  "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n  end\nend\n`,
  "lib/shop/orders.ex": orders,
  "lib/shop/empty.ex": "",
  "assets/logo.ex": new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1]),
};

const team = {
  name: "Corner Shop",
  domain: "corner-shop",
  people: [
    { name: "ana", realName: "Ana Duarte" },
    { name: "ben", realName: "Ben Okafor" },
    { name: "gus", realName: "Gus Guest", isGuest: true },
  ],
  channels: [
    { name: "backend" },
    { name: "general" },
    { name: "partners", isShared: true },
    { name: "elsewhere", hasBot: false },
    { name: "ops" },
  ],
};

const gone: Repository = {
  name: "gone",
  url: "https://127.0.0.1:9/nobody/gone.git",
  defaultBranch: "main",
  channels: ["#ops"],
  aliases: [],
};

let repository: TestRepository;
let bot: TestBot;
let backend: string;

function open(channels: readonly string[]): Repository {
  return { name: "shop", url: repository.path, defaultBranch: "main", channels, aliases: ["store"] };
}

beforeAll(async () => {
  repository = await createRepository({ files });
  bot = await startTestBot({ repositories: [open(["#backend", "#partners", "#elsewhere"]), gone], workspace: { team } });
  backend = await bot.channel("backend");
});
afterAll(() => bot.stop());

async function firstCommit(): Promise<string> {
  return repository.git("rev-list", "--max-parents=0", "main");
}

function fromGuard(messages: readonly Message[]): readonly Message[] {
  return messages.filter(({ user }) => user === bot.botUser);
}

/** Waits until Guard's words in a thread match; gives that message. */
function answerIn(channel: string, thread: string, words: RegExp): Promise<Message> {
  return vi.waitFor(
    async () => {
      const found = fromGuard(await bot.thread(channel, thread)).find((message) => words.test(JSON.stringify(message)));
      if (found === undefined) {
        const said = fromGuard(await bot.thread(channel, thread)).map(({ text }) => text);
        const errors = bot.log.lines.filter(({ level }) => level === "error").map(({ fields }) => fields);
        throw new Error(`no answer matches ${words}: ${JSON.stringify({ said, errors: errors.slice(-1) })}`);
      }
      return found;
    },
    { timeout: 15_000, interval: 30 },
  );
}

async function answeredPrivately(name: string, words: RegExp): Promise<void> {
  const user = (await bot.as(name).auth.test()).user_id ?? "";
  await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, user))).toMatch(words), {
    timeout: 10_000,
    interval: 50,
  });
}

const verdict = /guard:decide:rejected:1/;

describe("a mention with a path", () => {
  let asked: string;
  beforeAll(async () => {
    asked = await bot.say("ana", backend, `${bot.mention} review lib/shop/orders.ex`);
    await answerIn(backend, asked, verdict);
    await bot.guard.whenIdle();
  });

  it("is marked as seen, and answered in its thread by one message with the problem, its place, cost and fix", async () => {
    const messages = await bot.thread(backend, asked);
    expect(messages[0]?.reactions?.map(({ name }) => name)).toEqual(["eyes"]);
    const shown = JSON.stringify(fromGuard(messages)[0]?.blocks);
    expect(shown).toContain("lib/shop/orders.ex:9");
    expect(shown).toMatch(/🟡 \*Medium\* · \*1\.\*.*Repo\.get/);
    expect(shown).toMatch(/\*Costs:\*.*\*Fix:\*/);
    expect(shown).toContain("Offline: detectors only");
  });

  it("leaves no trace of the progress message and brings the report as a file", async () => {
    const messages = fromGuard(await bot.thread(backend, asked));
    expect(JSON.stringify(messages)).not.toContain("⏳");
    const names = messages.flatMap(({ files: attached }) => attached?.map(({ name }) => name) ?? []);
    expect(names).toContain("guard-review-orders.ex.md");
  });

  it("posts nothing outside the thread", async () => {
    expect(fromGuard(await bot.history(backend))).toEqual([]);
  });

  it("is answered from the record when somebody asks on without a mention", async () => {
    await bot.say("ben", backend, "why is 1 medium?", asked);
    const answer = await answerIn(backend, asked, /What makes it true|rich_text_preformatted/);
    expect(JSON.stringify(answer.blocks)).toContain("Enum.map(list(), fn order -> {order, Repo.get(User, order.user_id)} end)");
    await bot.say("ben", backend, "show the frobnication", asked);
    await bot.say("ben", backend, "proceed", asked);
    await answerIn(backend, asked, /recommended (?:patch|option)|nothing to proceed with/);
  });

  it("lets people talk to each other in the thread", async () => {
    const before = fromGuard(await bot.thread(backend, asked)).length;
    const ben = await bot.as("ben").auth.test();
    await bot.say("ana", backend, "shall we do this tomorrow? lib/shop/orders.ex is yours", asked);
    await bot.say("ana", backend, `<@${ben.user_id ?? ""}> why is 1 medium`, asked);
    await bot.say("ana", backend, "show all", asked);
    await answerIn(backend, asked, /All 1 problem/);
    expect(fromGuard(await bot.thread(backend, asked)).length).toBe(before + 1);
  });

  it("reviews what is asked about next", async () => {
    await bot.say("ana", backend, "what about `with_owners/0`?", asked);
    await answerIn(backend, asked, /orders\.ex:8-10/);
  });
});

describe("this file, said in a thread", () => {
  it("is the file the thread spoke of last", async () => {
    const asked = await bot.say("ana", backend, `${bot.mention} review lib/shop/user.ex`);
    await answerIn(backend, asked, /Review of user\.ex/);
    await bot.say("ben", backend, `${bot.mention} review this file at main`, asked);
    await vi.waitFor(
      async () => expect(JSON.stringify(await bot.thread(backend, asked)).match(/"title":"Review of user\.ex"/g)?.length).toBe(2),
      { timeout: 10_000, interval: 50 },
    );
  });
});

describe("what arrives twice", () => {
  it("is answered once: the same event again, and the message beside the mention", async () => {
    bot.workspace.deliverNextTwice();
    const asked = await bot.say("ana", backend, `${bot.mention} review lib/shop/orders.ex`);
    await answerIn(backend, asked, verdict);
    await bot.guard.whenIdle();
    const verdicts = fromGuard(await bot.thread(backend, asked)).filter((message) => verdict.test(JSON.stringify(message)));
    expect(verdicts.length).toBe(1);
  });
});

describe("a decision", () => {
  it(
    "needs a reason to reject, is kept with who, when and where, and is respected until the code changes",
    { timeout: 40_000 },
    async () => {
      const first = await bot.say("ana", backend, `${bot.mention} review lib/shop/orders.ex`);
      const shown = await answerIn(backend, first, verdict);
      await bot.press("ben", backend, shown.ts ?? "", "guard:decide:rejected:1");
      const ben = (await bot.as("ben").auth.test()).user_id ?? "";
      const [dialog] = await dialogsOf(bot.running, ben);
      expect(JSON.stringify(dialog?.blocks)).toMatch(/Repo\.get.*Why is it not a problem here/);
      const unsaid = await bot.submit("ben", dialog?.id ?? "", { reason: { reason: " " }, reach: { reach: "place" } });
      expect(unsaid).toMatchObject({ errors: { reason: "Please complete this field" } });
      await bot.submit("ben", dialog?.id ?? "", { reason: { reason: "there are ten orders at most" }, reach: { reach: "place" } });
      await answerIn(backend, first, /problem 1 rejected by ben: there are ten orders at most/);
      expect(await dialogsOf(bot.running, ben)).toEqual([]);
      const [decision] = await bot.memory.decisionsFor("shop");
      expect(decision).toMatchObject({ verdict: "rejected", byName: "ben", by: ben, reason: "there are ten orders at most" });
      expect(decision?.permalink).toContain((shown.ts ?? "").replace(".", ""));

      const second = await bot.say("ana", backend, `${bot.mention} review lib/shop/orders.ex`);
      const respected = await answerIn(backend, second, /decided on \d{4}-\d\d-\d\d/);
      expect(JSON.stringify(respected)).toMatch(
        /query-per-element.*rejected, decided on \d{4}-\d\d-\d\d by ben: there are ten orders at most/,
      );
      expect(JSON.stringify(respected)).not.toMatch(verdict);

      await repository.commit({ "lib/shop/orders.ex": orders.replace("fn order ->", "fn %Order{} = order ->") });
      const third = await bot.say("ana", backend, `${bot.mention} review lib/shop/orders.ex`);
      await answerIn(backend, third, verdict);
    },
  );

  it("is made by a button too, and listed by the command", async () => {
    const asked = await bot.say("ana", backend, `${bot.mention} review Shop.Orders`);
    const shown = await answerIn(backend, asked, verdict);
    await bot.press("ana", backend, shown.ts ?? "", "guard:decide:deferred:1");
    await answerIn(backend, asked, /problem 1 deferred by ana/);
    await bot.press("ben", backend, shown.ts ?? "", "guard:decide:deferred:1");
    await answeredPrivately("ben", /Problem 1 is deferred already, by ana/);
    expect((await bot.memory.decisionsFor("shop")).length).toBe(1);
    await bot.command("ana", backend, "decisions query-per-element");
    const ana = (await bot.as("ana").auth.test()).user_id ?? "";
    await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, ana))).toMatch(/deferred, decided on .* by ana/), {
      timeout: 5_000,
    });
  });
});

describe("/guard audit", () => {
  it("posts one root message, details in its thread and the report as a file", async () => {
    await bot.command("ana", backend, "audit store main lib");
    const root = await vi.waitFor(
      async () => {
        const found = fromGuard(await bot.history(backend)).find(({ text }) => text?.startsWith("Audit of shop at main under lib: "));
        if (found === undefined) throw new Error("no audit yet");
        return found;
      },
      { timeout: 15_000, interval: 30 },
    );
    await bot.guard.whenIdle();
    const thread = fromGuard(await bot.thread(backend, root.ts ?? ""));
    expect(JSON.stringify(root.blocks)).toMatch(/\d+ files, .* details in the thread/);
    expect(thread.flatMap(({ files: attached }) => attached?.map(({ name }) => name) ?? [])).toEqual(["guard-audit-shop.md"]);
  });

  it.each([
    ["audit shpo", /no repository `shpo` here/],
    ["audit shop no-such-branch", /no-such-branch/],
    ["audit shop main lib/shpo", /nothing under `lib\/shpo` at this revision: did you mean `lib\/shop`/],
  ])("%s gets one sentence", async (words, sentence) => {
    const asked = await bot.say("ana", backend, `${bot.mention} ${words}`);
    await answerIn(backend, asked, sentence);
  });
});

describe("a repository that cannot be cloned", () => {
  it.each(["audit", "review lib/a.ex"])("gets one sentence for %s", async (words) => {
    const operations = await bot.channel("ops");
    const asked = await bot.say("ana", operations, `${bot.mention} ${words}`);
    await answerIn(operations, asked, /127\.0\.0\.1.*(?:reach|clone|fetch|connect)/i);
    await bot.guard.whenIdle();
    expect(fromGuard(await bot.thread(operations, asked)).length).toBe(1);
  });
});

describe("what cannot be reviewed gets one sentence with a remedy", () => {
  it.each([
    ["review lib/shop/ordres.ex", /ordres\.ex.*did you mean/],
    ["review Shop.Ordres", /Shop\.Ordres.*Shop\.Orders/],
    ["review lib/shop/orders.ex at v9.9.9", /v9\.9\.9/],
    ["review lib/shop/orders.ex:900", /has 11 lines, so there is no line 900/],
    ["review lib/shop/empty.ex", /empty\.ex is empty/],
    ["review assets/logo.ex", /logo\.ex is binary/],
    ["review this file", /Nothing (?:here says|to review)/],
    ["why is 2 critical", /not reviewed anything in this thread/],
    ["explain n-plus-two", /There is no rule `n-plus-two`/],
  ])("%s", async (words, sentence) => {
    const asked = await bot.say("ana", backend, `${bot.mention} ${words}`);
    const ana = (await bot.as("ana").auth.test()).user_id ?? "";
    await vi.waitFor(
      async () => {
        const public_ = fromGuard(await bot.thread(backend, asked));
        const private_ = await whispersTo(bot.running, ana);
        expect([...public_, ...private_].map(({ text }) => text).join("\n")).toMatch(sentence);
      },
      { timeout: 15_000, interval: 50 },
    );
  });
});

describe("who may not", () => {
  async function refusalOf(name: string, channelName: string, words = `${bot.mention} review lib/shop/orders.ex`): Promise<string> {
    const channel = await bot.channel(channelName);
    const asked = await bot.say(name, channel, words);
    const user = (await bot.as(name).auth.test()).user_id ?? "";
    return vi.waitFor(
      async () => {
        const texts = [...fromGuard(await bot.thread(channel, asked)), ...(await whispersTo(bot.running, user))].map(
          ({ text }) => text ?? "",
        );
        const refusal = texts.find((text) => /guest|shared with|no repository|No repository|not.*here/i.test(text));
        if (refusal === undefined) throw new Error(`not refused: ${JSON.stringify(texts)}`);
        return refusal;
      },
      { timeout: 10_000, interval: 50 },
    );
  }

  it("a guest is refused", async () => {
    expect(await refusalOf("gus", "backend")).toContain("Guard does not answer guest accounts");
  });

  it("a shared channel is refused, although the repository is configured for it", async () => {
    expect(await refusalOf("ana", "partners")).toContain("shared with another organisation");
  });

  it("a channel the repository is not configured for learns nothing of it", async () => {
    const general = await bot.channel("general");
    const asked = await bot.say("ana", general, `${bot.mention} review lib/shop/orders.ex`);
    const answer = await answerIn(general, asked, /repositor/i);
    expect(JSON.stringify(answer)).not.toContain("with_owners");
  });

  it("a guest's button and a guest's words decide nothing", async () => {
    const asked = await bot.say("ana", backend, `${bot.mention} review lib/shop/orders.ex at ${await firstCommit()}`);
    const shown = await answerIn(backend, asked, /guard:proceed|decided on/);
    const before = (await bot.memory.searchDecisions("")).length;
    await bot.say("gus", backend, "accept 1", asked);
    await bot.press("gus", backend, shown.ts ?? "", "guard:section:performance").catch(() => undefined);
    await bot.say("ana", backend, "show all", asked);
    await answerIn(backend, asked, /All \d+ problem|found no problems/);
    expect((await bot.memory.searchDecisions("")).length).toBe(before);
  });

  it("outside its channels Guard answers a command privately and says how to invite it", async () => {
    const elsewhere = await bot.channel("elsewhere");
    const ana = (await bot.as("ana").auth.test()).user_id ?? "";
    await bot.command("ana", elsewhere, "audit");
    await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, ana))).toContain("/invite @guard"), {
      timeout: 5_000,
    });
  });
});

describe("help", () => {
  it("answers a bare mention and the command, seen by the asker alone", async () => {
    const before = fromGuard(await bot.history(backend)).length;
    await bot.say("ben", backend, bot.mention);
    const ben = (await bot.as("ben").auth.test()).user_id ?? "";
    await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, ben))).toContain("Repositories here: `shop`"), {
      timeout: 5_000,
    });
    const whispered = (await whispersTo(bot.running, ben)).length;
    await bot.command("ben", backend, "help");
    await vi.waitFor(async () => expect((await whispersTo(bot.running, ben)).length).toBe(whispered + 1), { timeout: 5_000 });
    expect(fromGuard(await bot.history(backend)).length).toBe(before);
  });
});

describe("code that comes with the message", () => {
  it("is reviewed when a file is attached, and its text is not taken for words", async () => {
    await bot.as("ana").filesUploadV2({
      channel_id: backend,
      filename: "billing.ex",
      content: orders.replaceAll("Shop.Orders", "Shop.Billing"),
      initial_comment: `${bot.mention} review this file`,
    });
    const asked = await vi.waitFor(async () => {
      const found = (await bot.history(backend)).find(({ files: attached }) => attached?.[0]?.name === "billing.ex");
      if (found === undefined) throw new Error("not uploaded yet");
      return found.ts ?? "";
    });
    expect(JSON.stringify(await answerIn(backend, asked, verdict))).toContain("billing.ex:9");
  });

  it("is reviewed when it is pasted as a block", async () => {
    const asked = await bot.say("ana", backend, `${bot.mention} is this right?\n\`\`\`elixir\n${orders}\`\`\``);
    await answerIn(backend, asked, verdict);
  });

  it("that cannot be read is named", async () => {
    await bot.as("ana").filesUploadV2({
      channel_id: backend,
      filename: "x.beam",
      file: Buffer.from([70, 79, 82, 49, 0, 0]),
      initial_comment: `${bot.mention} review this`,
    });
    const asked = await vi.waitFor(async () => {
      const found = (await bot.history(backend)).find(({ files: attached }) => attached?.[0]?.name === "x.beam");
      if (found === undefined) throw new Error("not uploaded yet");
      return found.ts ?? "";
    });
    await answerIn(backend, asked, /x\.beam is a binary file/);
  });
});

describe("the other doors", () => {
  it("/guard review begins a thread of its own, where follow-ups work", async () => {
    await bot.command("ben", backend, "review lib/shop/orders.ex");
    const root = await vi.waitFor(
      async () => {
        const found = fromGuard(await bot.history(backend)).find(
          (message) => /lib\/shop\/orders\.ex/.test(message.text ?? "") && /Offline/.test(JSON.stringify(message.blocks)),
        );
        if (found === undefined) throw new Error("no verdict yet");
        return found.ts ?? "";
      },
      { timeout: 15_000, interval: 30 },
    );
    await bot.say("ana", backend, "show all", root);
    await answerIn(backend, root, /All \d+ problem|found no problems/);
  });

  it("a direct message needs no mention, and sees only what is open everywhere", async () => {
    const direct = await bot.directChannel("ben");
    const asked = await bot.say("ben", direct, "review lib/shop/orders.ex");
    await vi.waitFor(
      async () => {
        const { messages } = await bot.as("ben").conversations.replies({ channel: direct, ts: asked });
        expect(JSON.stringify(messages?.slice(1))).toMatch(/repositor/);
      },
      { timeout: 10_000, interval: 50 },
    );
  });

  it("/guard explain shows a rule's page to the asker", async () => {
    const ben = (await bot.as("ben").auth.test()).user_id ?? "";
    await bot.command("ben", backend, "explain query-per-element");
    await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, ben))).toContain("guard:ignore query-per-element"), {
      timeout: 5_000,
    });
  });
});
