import { beforeAll, describe, expect, it } from "vitest";
import { groundOpinion } from "../../src/consult/ground.js";
import { locateQuote } from "../../src/consult/ground/quotes.js";
import type { Consultation } from "../../src/model/consultation.js";
import type { Opinion } from "../../src/model/opinion.js";
import { consultationAbout, shop } from "../support/consultation.js";
import { opinionWith, problem } from "../support/opinion.js";

describe("finding a quote", () => {
  const text = "a = 1\nsame(x)\nb = 2\n\n\n\n\n\n\n\nsame(x)\nlast(y,\n  z)\n";

  it.each([
    ["at the claimed line", "same(x)", 11, { kind: "found", line: 11, endLine: 11 }],
    ["at its only place, correcting the line", "b = 2", 9, { kind: "found", line: 3, endLine: 3 }],
    ["white space aside", "  b   =  2", 3, { kind: "found", line: 3, endLine: 3 }],
    ["over several lines", "last(y,\n      z)", 12, { kind: "found", line: 12, endLine: 13 }],
    ["with the line number it was shown with", " 3| b = 2", 3, { kind: "found", line: 3, endLine: 3 }],
    ["at the nearest of several places", "same(x)", 4, { kind: "found", line: 2, endLine: 2 }],
  ])("%s", (_name, quote, claimed, located) => {
    expect(locateQuote(text, quote, claimed)).toEqual(located);
  });

  it.each([
    ["that is not there", "c = 3", 3],
    ["that is too short", "x", 2],
    ["that stands at several places, none near", "same(x)", 40],
  ])("loses a quote %s", (_name, quote, claimed) => {
    expect(locateQuote(text, quote, claimed).kind).toBe("lost");
  });

  it("loses a quote that is as near to one place as to another", () => {
    expect(locateQuote("near()\n\nelse\n\nnear()\n", "near()", 3).kind).toBe("lost");
  });
});

describe("grounding an opinion", () => {
  let consultation: Consultation;
  beforeAll(async () => {
    consultation = await consultationAbout(shop, { paths: ["lib/shop/orders.ex"] });
  });
  const ground = (opinion: Opinion) => groundOpinion(opinion, consultation, []);
  const reasons = (opinion: Opinion) => ground(opinion).dropped.map(({ reason }) => reason);

  it("keeps a problem whose every part stands", () => {
    const { problems, dropped } = ground(opinionWith([problem({})]));
    expect(dropped).toEqual([]);
    expect(problems[0]?.place).toEqual({
      path: "lib/shop/orders.ex",
      line: 8,
      endLine: 8,
      quote: "  def get_order!(id), do: Repo.get!(Order, id)",
    });
  });

  it("corrects a line that is off", () => {
    expect(ground(opinionWith([problem({ line: 2, end_line: 2 })])).problems[0]?.place.line).toBe(8);
  });

  it.each([
    ["an invented quote", { quote: "Repo.delete_all(Order)" }, /quote is not in the file/],
    ["a file that was not read", { path: "lib/shop/nowhere.ex" }, /not among the files that were read/],
    ["a path out of the tree", { path: "../../etc/passwd" }, /not among the files that were read/],
    ["what is only possible", { confidence: "possible" as const }, /only possible/],
    ["a title that hedges", { title: "This might leak orders" }, /title can't stand/],
    ["a title with an invented number", { title: "A scan of 50000 orders" }, /title can't stand/],
    ["no consequence that stands", { consequence: "It costs 2.3 seconds." }, /no consequence that stands/],
    ["no fix that stands", { fix: "You may want to think about scoping." }, /no fix that stands/],
    ["an insult", { consequence: "This is a stupid way to read an order." }, /no consequence that stands/],
  ])("drops a problem with %s", (_name, changes, reason) => {
    const opinion = opinionWith([problem(changes)]);
    expect(ground(opinion).problems).toEqual([]);
    expect(reasons(opinion).join("\n")).toMatch(reason);
  });

  it.each([
    "It is 766x faster.",
    "The hit ratio is 96.7 %.",
    "It takes `2.3 s` today.",
    "It fails with more than 10 concurrent users.",
    "It makes fifty-seven calls, of which twenty are wasted.",
    "It is orders of magnitude slower.",
    "It saves 40% of the memory.",
    "See https://example.com/why for more.",
    "Ask <!channel> about it.",
    "`Shop.Ledger` is told twice.",
    "It also breaks `lib/shop/ledger.ex`.",
    "`settle_all/3` fails after it.",
  ])("takes out a sentence nothing stands for: %s", (sentence) => {
    const opinion = opinionWith([problem({ consequence: `Another person's order is shown. ${sentence}` })]);
    expect(ground(opinion).problems[0]?.consequence).toBe("Another person's order is shown.");
    expect(ground(opinion).dropped).toMatchObject([{ claim: sentence, reason: expect.any(String) as string }]);
  });

  it.each([
    "The caller gets a 404 instead.",
    "It answers with HTTP 500 then.",
    "`get_order!/1` raises.",
    "`Shop.Orders` hands it out without `Ecto.Multi`.",
    "Use `Repo.get_by!(Order, id: id, user_id: user.id)`.",
    "Two requests read the same row.",
    "The rule is CWE-639.",
    "Line 8 is where it happens.",
  ])("keeps a sentence whose numbers are names or in the code: %s", (sentence) => {
    expect(ground(opinionWith([problem({ consequence: sentence })])).problems[0]?.consequence).toBe(sentence);
  });

  it("keeps a measurement only when the quoted code says it", async () => {
    const sleeping = { ...shop, "lib/shop/orders.ex": "defmodule Shop.Orders do\n  def wait, do: Process.sleep(5_000)\nend\n" };
    const about = await consultationAbout(sleeping, { paths: ["lib/shop/orders.ex"] });
    const said = problem({
      title: "`wait/0` sleeps",
      line: 2,
      quote: "Process.sleep(5_000)",
      consequence: "The caller waits 5000 ms. Then it waits 300 ms more.",
    });
    expect(groundOpinion(opinionWith([said]), about, []).problems[0]?.consequence).toBe("The caller waits 5000 ms.");
  });

  it("checks every evidence quote", () => {
    const evidence = [
      { path: "lib/shop/repo.ex", line: 2, quote: "use Ecto.Repo, otp_app: :shop" },
      { path: "lib/shop/repo.ex", line: 3, quote: "def all_orders" },
    ];
    const { problems, dropped } = ground(opinionWith([problem({ evidence })]));
    expect(problems[0]?.evidence.map((step) => step.line)).toEqual([2]);
    expect(dropped).toHaveLength(1);
  });

  it("finds a quote in which a secret was hidden", async () => {
    const value = ["AbCd1234", "EfGh5678"].join("");
    const files = { ...shop, "lib/shop/orders.ex": `defmodule Shop.Orders do\n  @api_key "${value}"\n  def key, do: @api_key\nend\n` };
    const about = await consultationAbout(files, { paths: ["lib/shop/orders.ex"] });
    const said = problem({ title: "`key/0` gives out a literal", line: 2, quote: '@api_key "[redacted:secret]"' });
    expect(groundOpinion(opinionWith([said]), about, []).problems[0]?.place.line).toBe(2);
  });

  it("takes out of the sections what does not stand, sentence by sentence", () => {
    const { sections, summary } = ground(
      opinionWith([], { summary: "Sound. It is 3x faster.", sections: { rollback: "Revert the commit. It takes 5 minutes." } }),
    );
    expect(summary).toBe("Sound.");
    expect(sections.rollback).toBe("Revert the commit.");
  });
});

describe("claims that contradict the project", () => {
  const files = {
    ...shop,
    "lib/shop/server.ex":
      "defmodule Shop.Server do\n  use GenServer\n  def start_link(_), do: GenServer.start_link(__MODULE__, [])\n  def init(state), do: {:ok, state}\nend\n",
    "lib/shop/application.ex":
      "defmodule Shop.Application do\n  use Application\n  def start(_type, _args), do: Supervisor.start_link([Shop.Server], strategy: :one_for_one)\nend\n",
    "test/shop/orders_test.exs":
      'defmodule Shop.OrdersTest do\n  use ExUnit.Case\n  test "get" do\n    assert Shop.Orders.get_order!(1)\n  end\nend\n',
    "priv/repo/migrations/20260103000000_index.exs":
      "defmodule Shop.Repo.Migrations.Index do\n  use Ecto.Migration\n  def change, do: create index(:orders, [:user_id])\nend\n",
  };

  it.each([
    [
      "an index that exists",
      problem({ path: "lib/shop/order.ex", line: 5, quote: "belongs_to :user, Shop.User", title: "`orders.user_id` has no index" }),
      /orders.user_id has the index/,
    ],
    [
      "a process that is supervised",
      problem({ path: "lib/shop/server.ex", line: 2, quote: "use GenServer", title: "`Shop.Server` is not supervised" }),
      /started under a supervisor/,
    ],
    ["a function that is tested", problem({ title: "`get_order!/1` is untested" }), /called by a test/],
    [
      "a foreign key that exists",
      problem({ path: "lib/shop/order.ex", line: 5, quote: "belongs_to :user, Shop.User", title: "`orders.user_id` has no foreign key" }),
      /has a foreign key/,
    ],
  ])("drops one that misses %s", async (_name, said, reason) => {
    const consultation = await consultationAbout(files, { paths: [said.path] });
    const { problems, dropped } = groundOpinion(opinionWith([said]), consultation, []);
    expect(problems).toEqual([]);
    expect(dropped[0]?.reason).toMatch(reason);
  });

  it("keeps the same claim where the project bears it out", async () => {
    const said = problem({
      path: "lib/shop/order.ex",
      line: 5,
      quote: "belongs_to :user, Shop.User",
      title: "`orders.user_id` has no index",
    });
    const consultation = await consultationAbout(shop, { paths: ["lib/shop/order.ex"] });
    expect(groundOpinion(opinionWith([said]), consultation, []).problems).toHaveLength(1);
  });
});
