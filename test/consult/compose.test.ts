import { describe, expect, it } from "vitest";
import { composeIntervention } from "../../src/consult/compose.js";
import { problemKey } from "../../src/consult/problem-key.js";
import type { Consultation } from "../../src/model/consultation.js";
import type { Decision } from "../../src/model/decision.js";
import { sectionNames } from "../../src/model/intervention.js";
import { consultationAbout, shop } from "../support/consultation.js";
import { answered, answerWith, opinionWith, problem } from "../support/opinion.js";

const about = (path: string, files = shop): Promise<Consultation> => consultationAbout(files, { paths: [path] });

/** A decision on what the given consultation found first, tied to the same code. */
function decisionOn(consultation: Consultation, changes: Partial<Decision> = {}): Decision {
  const finding = consultation.findings[0];
  if (finding === undefined) throw new Error("nothing was found to decide on");
  return {
    ...{ id: "d1", repository: "shop", rule: finding.rule, verdict: "rejected", reason: "the list has ten rows at most" },
    ...{ by: "U1", byName: "Ana", at: 1, permalink: null, anchor: consultation.anchorOf(finding) },
    scope: { kind: "finding", fingerprint: finding.fingerprint },
    ...changes,
  };
}

describe("an intervention without a model", () => {
  it("speaks of several files in the plural", async () => {
    const consultation = await consultationAbout(shop, { paths: ["lib/shop/search.ex", "lib/shop/orders.ex"] });
    expect(composeIntervention(consultation, null).verdict).toMatch(/^Do not ship `[^`]+` and `[^`]+` as they stand: /);
  });

  it("begins with one firm sentence that names the file, the worst problem and its line", async () => {
    const { verdict, mode, notice } = composeIntervention(await about("lib/shop/search.ex"), null);
    expect(verdict).toMatch(/^Do not ship `lib\/shop\/search.ex` as it stands: .+ \(`lib\/shop\/search.ex:6`\)\.$/);
    expect(mode).toBe("offline");
    expect(notice).toBeNull(); // nobody was asked, so nothing failed; the footer says that the detectors spoke
  });

  it("gives every problem a place with its verbatim lines, a consequence and a fix", async () => {
    const { problems } = composeIntervention(await about("lib/shop/orders.ex"), null);
    expect(problems[0]).toMatchObject({ id: "1", rule: "query-per-element", origin: "detector" });
    expect(problems[0]?.place).toEqual({
      path: "lib/shop/orders.ex",
      line: 5,
      endLine: 5,
      quote: "    Enum.map(orders, fn order -> Repo.preload(order, :user) end)",
    });
    for (const { consequence, fix } of problems) expect([consequence, fix].every((text) => text.endsWith("."))).toBe(true);
  });

  it("has each of the ten sections or its reason, never both", async () => {
    for (const path of ["lib/shop/orders.ex", "lib/shop/search.ex", "lib/shop/clean.ex", "lib/shop/order.ex"]) {
      const { sections, omitted } = composeIntervention(await about(path), null);
      expect([...Object.keys(sections), ...omitted.map(({ section }) => section)].sort()).toEqual([...sectionNames].sort());
    }
  });

  it("counts queries from the code and leaves N a symbol", async () => {
    const { sections, figures } = composeIntervention(await about("lib/shop/orders.ex"), null);
    expect(sections.performance).toContain(
      "| N database calls: 1 `Repo.preload/2` for each of the N elements of `orders` | 1 for all elements of `orders`, whatever N is |",
    );
    expect(sections.performance).toContain("lib/shop/orders.ex:5");
    expect(sections.performance).not.toMatch(/\d\s*(?:ms|s|x|%)\b/);
    expect(figures.every((figure) => figure.derivation !== "")).toBe(true);
  });

  it("counts the call that loads the list, and every call in the loop", async () => {
    const orders = `defmodule Shop.Orders do
  alias Shop.{Order, Repo, User}

  def list_orders, do: Repo.all(Order)

  def owners do
    for order <- list_orders() do
      {Repo.get(User, order.user_id), Repo.get(User, order.seller_id)}
    end
  end
end
`;
    const { sections } = composeIntervention(await about("lib/shop/orders.ex", { ...shop, "lib/shop/orders.ex": orders }), null);
    expect(sections.performance).toContain(
      "1 + 2 × N database calls: 1 for `Shop.Orders.list_orders/0`, then 2 calls such as `Repo.get/2`",
    );
  });

  it("names the weakness behind a security problem", async () => {
    const { sections } = composeIntervention(await about("lib/shop/search.ex"), null);
    expect(sections.security).toContain("[CWE-89](https://cwe.mitre.org/data/definitions/89.html)");
    expect(sections.implementation).toContain('+    json(conn, Repo.query!("SELECT id FROM users WHERE name ILIKE $1", ["%#{q}%"]).rows)');
  });

  it("offers the migration with its order of deployment and the exact way back", async () => {
    const { sections } = composeIntervention(await about("priv/repo/migrations/20260102000000_create_orders.exs"), null);
    expect(sections.migrations).toContain("create index(:orders, [:user_id], concurrently: true)");
    expect(sections.deployment).toMatch(/`mix ecto\.migrate` before/);
    expect(sections.rollback).toContain("`mix ecto.rollback --to 20260102000001`");
    expect(sections.performance).toContain("0 indexes that start with `orders.user_id`");
  });

  it("speaks of no migration where none is proposed", async () => {
    const { sections } = composeIntervention(await about("lib/shop/search.ex"), null);
    expect(`${sections.deployment} ${sections.rollback}`).not.toMatch(/ecto\.(?:migrate|rollback)/);
  });

  it("watches the event the repository really emits", async () => {
    const renamed = Object.fromEntries(
      Object.entries(shop).map(([path, text]) => [
        path,
        text.replaceAll("Shop.Repo", "Shop.MainStore").replaceAll("{Order, Repo}", "{Order}\n  alias Shop.MainStore, as: Repo"),
      ]),
    );
    const { sections } = composeIntervention(await about("lib/shop/orders.ex", renamed), null);
    expect(sections.monitoring).toContain("`[:shop, :main_store, :query]`");
    const configured = { ...shop, "config/config.exs": "import Config\n\nconfig :shop, Shop.Repo, telemetry_prefix: [:store, :db]\n" };
    expect(composeIntervention(await about("lib/shop/orders.ex", configured), null).sections.monitoring).toContain(
      "`[:store, :db, :query]`",
    );
  });

  it("says shortly of clean code that nothing has to be fixed", async () => {
    const clean = composeIntervention(await about("lib/shop/clean.ex"), null);
    expect(clean.verdict).toBe("Nothing to fix in `lib/shop/clean.ex`: no detector found a problem in its 4 lines.");
    expect(clean).toMatchObject({ problems: [], options: [], patches: [], figures: [], sections: {} });
    expect(clean.question).toContain("Nothing has to be changed");
  });

  it("offers three ways on and asks before anything is done", async () => {
    const { options, question, patches } = composeIntervention(await about("lib/shop/search.ex"), null);
    expect(options.map((option) => option.name)).toEqual(["minimal", "recommended", "complete"]);
    expect(options[0]).toMatchObject({ problems: ["1"], patches: [0] });
    expect(patches).toHaveLength(1);
    expect(question).toMatch(/^Shall I .+\? Nothing is changed until you say so\.$/);
  });

  it("names the thresholds that were reached, with what was counted", async () => {
    const { triggersFired } = composeIntervention(await about("lib/shop/search.ex"), null);
    expect(triggersFired.every((sentence) => /\(threshold [\d.]+(?: %)?\)/.test(sentence))).toBe(true);
  });

  it("links every place at the reviewed commit, in the forge's own form", async () => {
    const link = (path: string) => `https://github.com/acme/shop/blob/abc/${path}`;
    const consultation = await consultationAbout(shop, { paths: ["lib/shop/orders.ex"], permalink: link });
    const [first] = composeIntervention(consultation, null).problems;
    expect(first?.permalink).toBe("https://github.com/acme/shop/blob/abc/lib/shop/orders.ex#L5");
    expect(first?.evidence.every((step) => step.permalink?.startsWith("https://github.com/acme/shop/blob/abc/"))).toBe(true);
  });

  it("says which part of a damaged file was not read", async () => {
    const files = { ...shop, "lib/shop/clean.ex": 'defmodule Shop.Money do\n  def label(:eur), do: "e"\n  def broken( do ] end\nend\n' };
    const { unread } = composeIntervention(await about("lib/shop/clean.ex", files), null);
    expect(unread[0]).toMatchObject({ path: "lib/shop/clean.ex" });
  });

  it("lets no secret out, in quotes, patches or anywhere else", async () => {
    const value = ["AbCd1234", "EfGh5678", "IjKl9012"].join("");
    const files = {
      ...shop,
      "lib/shop/search.ex": (shop["lib/shop/search.ex"] ?? "").replace(
        "  def index",
        `  @api_key "${value}"\n  def key, do: @api_key\n\n  def index`,
      ),
    };
    const intervention = composeIntervention(await about("lib/shop/search.ex", files), null);
    expect(intervention.problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(intervention)).not.toContain(value);
    expect(JSON.stringify(intervention)).toContain("[redacted:secret]");
  });
});

describe("what the team decided", () => {
  it("is not raised again, and stands among the settled points", async () => {
    const decision = decisionOn(await about("lib/shop/orders.ex"));
    const consultation = await consultationAbout(shop, { paths: ["lib/shop/orders.ex"], decisions: [decision] });
    const intervention = composeIntervention(consultation, null);
    expect(intervention.problems).toEqual([]);
    expect(intervention.decisions).toEqual([decision]);
    expect(intervention.patches).toEqual([]);
    expect(intervention.verdict).toBe("Nothing new to fix in `lib/shop/orders.ex`: what was found there the team has already decided on.");
  });

  it("is not raised by Claude in other words either", async () => {
    const decision = decisionOn(await about("lib/shop/orders.ex"));
    const consultation = await consultationAbout(shop, { paths: ["lib/shop/orders.ex"], decisions: [decision] });
    const said = problem({
      title: "A query runs for every element of the list",
      line: 5,
      quote: "Enum.map(orders, fn order -> Repo.preload(order, :user) end)",
    });
    const intervention = composeIntervention(consultation, answerWith(said));
    expect(intervention.problems).toEqual([]);
    expect(intervention.dropped[0]?.reason).toContain("ten rows at most");
  });

  it("holds for what only Claude saw, while the quoted code stays the same", async () => {
    const open = await about("lib/shop/orders.ex");
    const [seen] = composeIntervention(open, answerWith(problem({}))).problems.filter((raised) => raised.origin === "claude");
    const decision = decisionOn(open, {
      rule: "claude",
      scope: { kind: "finding", fingerprint: problemKey(seen ?? { finding: null, place: { path: "", line: 0, endLine: 0, quote: "" } }) },
    });
    const again = composeIntervention({ ...open, decisions: [decision] }, answerWith(problem({})));
    expect(again.problems.some((raised) => raised.origin === "claude")).toBe(false);
    expect(again.decisions).toEqual([decision]);
  });

  it("is tied to the code by an anchor, so that a change of the code opens it again", async () => {
    const decision = decisionOn(await about("lib/shop/orders.ex"));
    const changed = {
      ...shop,
      "lib/shop/orders.ex": (shop["lib/shop/orders.ex"] ?? "").replace(
        "with_users(orders) do",
        'with_users(orders) do\n    IO.puts("all of them")',
      ),
    };
    const consultation = await consultationAbout(changed, { paths: ["lib/shop/orders.ex"], decisions: [decision] });
    expect(composeIntervention(consultation, null).problems).toHaveLength(1);
  });
});

describe("an intervention with Claude's answer", () => {
  it("adds what only Claude saw, after the worse ones, marked as its own", async () => {
    const intervention = composeIntervention(await about("lib/shop/search.ex"), answerWith(problem({})));
    expect(intervention).toMatchObject({ mode: "claude", notice: null });
    expect(intervention.problems.map(({ id, origin, severity }) => [id, origin, severity])).toEqual([
      ["1", "detector", "critical"],
      ["2", "claude", "high"],
    ]);
  });

  it("merges what restates a finding, named by its id or told by its place and words", async () => {
    const consultation = await about("lib/shop/orders.ex");
    const fingerprint = consultation.findings[0]?.fingerprint ?? "";
    const quote = { line: 5, quote: "Enum.map(orders, fn order -> Repo.preload(order, :user) end)" };
    for (const said of [problem({ ...quote, finding_ids: [fingerprint] }), problem({ ...quote, title: "A query runs for each element" })]) {
      const { problems } = composeIntervention(consultation, answerWith(said));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ origin: "both", finding: fingerprint, severity: consultation.findings[0]?.severity });
      expect(problems[0]?.consequence).toContain("Whoever knows an id");
    }
  });

  it("lists what was dropped and why", async () => {
    const { dropped, problems } = composeIntervention(await about("lib/shop/clean.ex"), answerWith(problem({ quote: "not in any file" })));
    expect(problems).toEqual([]);
    const reason = "its quote is not in the file (lib/shop/orders.ex:8)";
    expect(dropped).toEqual([{ claim: problem({}).title, reason, kind: "place" }]);
  });

  it("adds what stands of Claude's sections", async () => {
    const opinion = opinionWith([problem({})], { sections: { security: "Order ids are guessable. It is 10x worse than it looks." } });
    const { sections } = composeIntervention(await about("lib/shop/clean.ex"), answered(opinion));
    expect(sections.security).toBe("Claude adds: Order ids are guessable.");
  });

  it("counts what the call cost, at the price of its day", async () => {
    const { cost } = composeIntervention(await about("lib/shop/clean.ex"), answerWith());
    expect(cost.dollars).toBeCloseTo((1_000 * 4 + 500 * 20) / 1_000_000, 10);
    expect(cost.derivation).toContain("price of 2026-09-22");
  });

  it("falls back to the detectors when Claude gave no answer, says so in one line, and still counts what was spent", async () => {
    const usage = { model: "claude-opus-5-5", inputTokens: 100, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, calls: 2 };
    const consultation = await about("lib/shop/orders.ex");
    const intervention = composeIntervention(consultation, {
      kind: "unavailable",
      reason: "overloaded",
      sentence: "The Claude API is overloaded.",
      usage,
    });
    expect(intervention).toMatchObject({ mode: "offline", notice: "The Claude API is overloaded. This is from Guard's own detectors." });
    expect(intervention.problems).toEqual(composeIntervention(consultation, null).problems);
    expect(intervention.cost.usage).toEqual(usage);
  });
});
