import { describe, expect, it } from "vitest";
import type { Intervention, Problem } from "../../src/model/intervention.js";
import type { Block } from "../../src/model/reply.js";
import { renderProblem, renderProceed, renderSection } from "../../src/reply/answers.js";
import { readPress } from "../../src/reply/buttons.js";
import { markdownBlocks } from "../../src/reply/markdown-blocks.js";
import { renderIntervention } from "../../src/reply/intervention.js";

function problem(id: string, more: Partial<Problem> = {}): Problem {
  return {
    ...{ id, finding: `f${id}`, rule: "n-plus-one", severity: "high", origin: "detector", permalink: null, evidence: [] },
    title: "One query for each order",
    place: { path: "lib/shop/orders.ex", line: 12, endLine: 14, quote: "  Repo.get(User, id)" },
    consequence: "A page of 50 orders makes 51 queries.",
    fix: "Preload `:user` in `list_orders/1`.",
    ...more,
  };
}

const base: Intervention = {
  mode: "offline",
  notice: null,
  verdict: "3 problems in orders.ex, one of them critical.",
  sources: [
    { repository: "shop", commit: "0123456789abcdef0123456789abcdef01234567", path: "lib/shop/orders.ex", lines: null, permalink: null },
  ],
  problems: [],
  sections: { migrations: "Run it first.\n\n```elixir\ncreate index(:orders, [:user_id])\n```", tests: "" },
  omitted: [{ section: "tests", reason: "every function here is tested" }],
  options: [{ name: "recommended", summary: "Mend 1 and 2.", problems: ["1"], patches: [] }],
  patches: [],
  figures: [],
  dropped: [],
  decisions: [],
  unread: [{ path: "lib/shop/orders.ex", line: 40, endLine: 42 }],
  triggersFired: [],
  question: "Shall I go on with the recommended option?",
  cost: { usage: null, dollars: null, derivation: "no model was asked" },
};

function texts(blocks: readonly Block[]): string {
  return JSON.stringify(blocks);
}

function buttons(blocks: readonly Block[]): readonly string[] {
  return [...texts(blocks).matchAll(/"action_id":"([^"]+)"/g)].map(([, action]) => action ?? "");
}

describe("an intervention in a thread", () => {
  const seven = { ...base, problems: ["1", "2", "3", "4", "5", "6", "7"].map((id) => problem(id)) };
  const [message] = renderIntervention(seven, "I1");

  it("begins with the verdict, also for screen readers", () => {
    expect(message?.text).toBe(base.verdict);
    expect(texts(message?.blocks.slice(0, 1) ?? [])).toContain(base.verdict);
  });

  it("shows five problems with severity in sign and word, place, cost and fix, and says how many there are", () => {
    const shown = texts(message?.blocks ?? []);
    expect(shown).toContain("🟠 *High* · *1.* One query for each order\\n`lib/shop/orders.ex:12-14`");
    expect(shown).toContain("*Costs:* A page of 50 orders makes 51 queries.\\n*Fix:* Preload `:user` in `list_orders/1`.");
    expect(shown).not.toContain("*6.*");
    expect(shown).toContain("5 of 7 problems shown");
    expect(shown).toContain("Show all 7");
  });

  it("has buttons to decide, for sections that exist, and to proceed; each is read back", () => {
    const actions = buttons(message?.blocks ?? []);
    expect(actions).toContain("guard:decide:rejected:2");
    expect(actions).toContain("guard:section:migrations");
    expect(actions).not.toContain("guard:section:tests");
    expect(readPress("guard:proceed:recommended", "I1")).toEqual({ kind: "proceed", option: "recommended", intervention: "I1" });
    expect(actions.map((action) => readPress(action, "I1")).filter((press) => press === null)).toEqual([]);
    expect(readPress("other:thing", "I1")).toBeNull();
    expect(readPress("guard:section:nonsense", "I1")).toBeNull();
  });

  it("says below who answered, on which commit, and what was not read", () => {
    const shown = texts(message?.blocks ?? []);
    expect(shown).toContain("Offline: detectors only, no model asked · shop `lib/shop/orders.ex` at `01234567`");
    expect(shown).toContain("Not read (the parser could not): `lib/shop/orders.ex:40-42`");
  });

  it("links a place to its exact lines when the forge has them", () => {
    const linked = { ...base, problems: [problem("1", { permalink: "https://git.example/shop/blob/0123/lib/shop/orders.ex#L12-L14" })] };
    expect(texts(renderIntervention(linked, "I1")[0]?.blocks ?? [])).toContain(
      "<https://git.example/shop/blob/0123/lib/shop/orders.ex#L12-L14|lib/shop/orders.ex:12-14>",
    );
  });

  it("gives settled points one line each and does not repeat them as problems", () => {
    const decided = {
      ...({ id: "D1", repository: "shop", rule: "n-plus-one", verdict: "rejected", by: "U1", byName: "Ana", permalink: null } as const),
      scope: { kind: "finding", fingerprint: "f9" } as const,
      reason: "ten rows at most",
      at: Date.UTC(2026, 10, 23),
      anchor: { path: "lib/shop/orders.ex", line: 9, enclosing: "Shop.Orders.list/1", codeHash: "h" },
    };
    const shown = texts(renderIntervention({ ...base, decisions: [decided] }, "I1")[0]?.blocks ?? []);
    expect(shown).toContain("`n-plus-one` in `lib/shop/orders.ex`: rejected, decided on 2026-11-23 by Ana: ten rows at most");
  });
});

describe("answers to follow-ups", () => {
  it("why: quotes the code, keeps its indentation, and lists the chain in order", () => {
    const evidence = [
      { path: "lib/a.ex", line: 3, note: "calls `owner/1`", permalink: null },
      { path: "lib/b.ex", line: 7, note: "which asks the database", permalink: null },
    ];
    const [message] = renderProblem(problem("2", { evidence }));
    expect(texts(message?.blocks ?? [])).toContain('"text":"  Repo.get(User, id)"');
    expect(texts(message?.blocks ?? [])).toMatch(/lib\/a\.ex:3.*lib\/b\.ex:7/);
  });

  it("a section comes with its code in a block of its own", () => {
    const [message] = renderSection(base, "migrations");
    expect(message?.blocks.map(({ type }) => type)).toEqual(["section", "section", "rich_text"]);
    expect(texts(message?.blocks ?? [])).toContain("create index(:orders, [:user_id])");
  });

  it("a section that is not there says why and what there is", () => {
    expect(renderSection(base, "tests")[0]?.text).toBe(
      "This review has no tests section: every function here is tested. There is: `migration`.",
    );
  });

  it("proceed without a patch says where the fix is", () => {
    const option = base.options[0];
    expect(option && renderProceed(base, option).text).toContain(
      "There is no ready patch for the recommended option; the fix for problem 1",
    );
  });
});

describe("Markdown in blocks", () => {
  it("becomes Slack's dialect, with nested lists, links and tables", () => {
    const blocks = markdownBlocks(
      "## Why **now**\n\nSee [docs](https://x.example/a?b&c).\n\n1. one\n   - `two`\n2. three\n\n| a | b |\n|---|---|\n| 1 | 22 |\n",
    );
    expect(blocks.map(({ type }) => type)).toEqual(["section", "rich_text"]);
    expect(texts(blocks)).toContain("*Why now*\\n\\nSee <https://x.example/a?b&amp;c|docs>.\\n\\n1. one\\n    • `two`\\n2. three");
    expect(texts(blocks)).toContain("a  b\\n1  22");
  });

  it("leaves mentions and raw HTML in it plain", () => {
    expect(texts(markdownBlocks("<!channel> <b>hi</b> <@U1> `<!here>`"))).not.toMatch(/<[!@b]/);
  });
});
