import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { StoryPorts } from "../../src/app/story-ports.js";
import type { Repository } from "../../src/model/source.js";
import { dialogsOf, startTestBot, whispersTo } from "../support/bot.js";
import type { TestBot } from "../support/bot.js";
import { createRepository } from "../support/repository.js";

const orders = `defmodule Shop.Orders do
  alias Shop.{Order, Repo, User}

  def with_owners(orders) do
    Enum.map(orders, fn order -> {order, Repo.get(User, order.user_id)} end)
  end

  def with_owner_names(orders) do
    Enum.map(orders, fn order -> {order, Repo.get(User, order.user_id).name} end)
  end
end
`;
const repository = await createRepository({
  files: {
    "mix.exs": `defmodule Shop.MixProject do\n  use Mix.Project\n\n  def project, do: [app: :shop, version: "0.1.0", deps: [{:ecto_sql, "~> 3.12"}]]\nend\n`,
    "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres\nend\n",
    "lib/shop/user.ex": `defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :name, :string\n  end\nend\n`,
    "lib/shop/orders.ex": orders,
  },
});
const repositories: readonly Repository[] = [{ name: "shop", url: repository.path, defaultBranch: "main", channels: ["*"], aliases: [] }];
const verdict = /guard:decide:rejected:1/;

let bot: TestBot;
let channel: string;
let slow = false;

/** Slack takes no trigger when `slow`: as if Guard had asked too late. */
function withSlowDialogs(ports: StoryPorts): StoryPorts {
  const openModal: StoryPorts["messenger"]["openModal"] = (trigger, modal) =>
    ports.messenger.openModal(slow ? `${trigger}-of-yesterday` : trigger, modal);
  return { ...ports, messenger: { ...ports.messenger, openModal } };
}

beforeAll(async () => {
  bot = await startTestBot({ repositories, ports: withSlowDialogs });
  channel = await bot.channel("backend");
});
afterAll(() => bot.stop());

async function review(): Promise<{ asked: string; message: string; shown: string }> {
  const asked = await bot.say("ana", channel, `${bot.mention} review lib/shop/orders.ex`);
  const found = await answerIn(asked, /The report|Offline/);
  return { asked, message: found.ts ?? "", shown: JSON.stringify(found) };
}

function answerIn(thread: string, words: RegExp) {
  return vi.waitFor(
    async () => {
      const found = (await bot.thread(channel, thread)).find(
        (message) => message.user === bot.botUser && words.test(JSON.stringify(message)),
      );
      if (found === undefined) throw new Error(`no answer matches ${words}`);
      return found;
    },
    { timeout: 15_000, interval: 30 },
  );
}

async function idOf(name: string): Promise<string> {
  return (await bot.as(name).auth.test()).user_id ?? "";
}

describe("Reject", () => {
  it("that Slack opens no dialog for, because it was pressed too long ago, asks for the reason in words", async () => {
    const { message } = await review();
    slow = true;
    await bot.press("ben", channel, message, "guard:decide:rejected:1");
    await vi.waitFor(async () => expect(JSON.stringify(await whispersTo(bot.running, await idOf("ben")))).toContain("reject 1 because"));
    slow = false;
    expect(await dialogsOf(bot.running, await idOf("ben"))).toEqual([]);
  });

  it("can be cancelled, and nothing is decided", async () => {
    const { message } = await review();
    await bot.press("ben", channel, message, "guard:decide:rejected:1");
    const [dialog] = await dialogsOf(bot.running, await idOf("ben"));
    await bot.as("ben").apiCall("views.close", { view_id: dialog?.id ?? "" });
    expect(await dialogsOf(bot.running, await idOf("ben"))).toEqual([]);
    expect(await bot.memory.decisionsFor("shop")).toEqual([]);
  });

  it("of one place leaves the other place of the same rule open; of the file it settles both", async () => {
    const first = await review();
    await bot.say("ana", channel, "reject 1 because there are ten orders at most", first.asked);
    await answerIn(first.asked, /will not raise it again until the code under it changes/);
    const second = await review();
    expect(second.shown).toMatch(verdict);

    await bot.press("ben", channel, second.message, "guard:decide:rejected:1");
    const [dialog] = await dialogsOf(bot.running, await idOf("ben"));
    await bot.submit("ben", dialog?.id ?? "", { reason: { reason: "a prototype" }, reach: { reach: "file" } });
    await answerIn(second.asked, /will not raise `query-per-element` in `lib\/shop\/orders\.ex` again/);
    const third = await review();
    expect(third.shown).not.toMatch(verdict);
    expect(third.shown).toMatch(/rejected, decided on \d{4}-\d\d-\d\d by ben: a prototype/);
  });
});
