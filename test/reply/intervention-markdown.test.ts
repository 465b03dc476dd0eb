import { expect, test } from "vitest";
import type { Intervention } from "../../src/model/intervention.js";
import { interventionMarkdown } from "../../src/reply/intervention-markdown.js";

const intervention: Intervention = {
  mode: "claude",
  notice: null,
  verdict: "Fix `lib/shop/orders.ex` before it ships: one query for each order.",
  sources: [
    {
      repository: "shop",
      commit: "abcdef0123456789",
      path: "lib/shop/orders.ex",
      lines: { first: 1, last: 20 },
      permalink: "https://example.com/o",
    },
  ],
  problems: [
    {
      ...{ id: "1", finding: "f1", rule: "query-per-element", title: "One query for each order.", severity: "high", origin: "claude" },
      place: { path: "lib/shop/orders.ex", line: 3, endLine: 3, quote: "    Repo.get(User, id)" },
      ...{ permalink: "https://example.com/o#L3", consequence: "N orders cost N queries.", fix: "Preload the users." },
      evidence: [{ path: "lib/shop/users.ex", line: 9, note: "asks the database", permalink: null }],
    },
  ],
  sections: { detection: "1 problem: 1 high.", performance: "N queries become one.", rollback: "Revert the commit." },
  omitted: [{ section: "security", reason: "No problem with a security weakness was found." }],
  options: [{ name: "minimal", summary: "Only the worst.", problems: ["1"], patches: [] }],
  patches: [],
  figures: [],
  dropped: [{ claim: "766 times faster", reason: "no figure says so", kind: "number" }],
  decisions: [
    {
      ...{ id: "d", repository: "shop", rule: "result-dropped", scope: { kind: "finding", fingerprint: "f2" }, verdict: "rejected" },
      ...{ reason: "receipts are logged", by: "U1", byName: "Ada", at: Date.UTC(2026, 10, 23), permalink: "https://example.com/d" },
      anchor: { path: "lib/shop/orders.ex", line: 9, enclosing: "Shop.Orders.pay/2", codeHash: "h" },
    },
  ],
  unread: [{ path: "lib/shop/orders.ex", line: 40, endLine: 44 }],
  triggersFired: [],
  question: "Shall I plan the minimal change?",
  cost: {
    usage: { model: "m", inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0, calls: 1 },
    ...{ dollars: 0.0123, derivation: "1 in, 2 out" },
  },
};

const document = interventionMarkdown(intervention);

test("the verdict comes first, then what was reviewed, what is settled, the problems, the sections in their order, the question", () => {
  const order = [
    "# Fix `lib/shop/orders.ex` before it ships",
    "Reviewed [`lib/shop/orders.ex:1-20`](https://example.com/o) in shop at `abcdef012345`.",
    "`result-dropped` [decided on 2026-11-23 by Ada](https://example.com/d): rejected, receipts are logged",
    "## At a glance",
    "### 1. One query for each order\n",
    "## Performance",
    "## Rollback",
    "- **minimal** (problem 1): Only the worst.",
    "Shall I plan the minimal change?",
    "## Notes",
  ];
  const places = order.map((part) => document.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});

test("a problem has its place as a link, its code as written, what it costs, why it is true and what to do", () => {
  expect(document).toContain("[`lib/shop/orders.ex:3`](https://example.com/o#L3), **high**, seen by Claude");
  expect(document).toContain("```elixir\n    Repo.get(User, id)\n```");
  expect(document).toContain("**Costs:** N orders cost N queries.");
  expect(document).toContain("- `lib/shop/users.ex:9` asks the database");
  expect(document).toContain("**Fix:** Preload the users.");
});

test("what was left out, refused, not read and paid is said by name", () => {
  expect(document).toContain("- No security section: No problem with a security weakness was found.");
  expect(document).toContain("- Dropped from the model's answer: 1 statement with a number nobody counted");
  expect(document).not.toContain("766");
  expect(document).toContain("- Not read, because the parser could not: `lib/shop/orders.ex:40-44`");
  expect(document).toContain("- Cost: $0.012 (1 in, 2 out)");
});

test("sections with nothing to say have no heading, and nothing stands empty", () => {
  expect(document).not.toContain("## Security");
  expect(document).not.toMatch(/\n{3,}/);
});

test("a folder on somebody's disk is named by its last part", () => {
  const [source] = intervention.sources;
  const local = interventionMarkdown({
    ...intervention,
    sources: source === undefined ? [] : [{ ...source, repository: "/home/ana/work/shop" }],
  });
  expect(local).toContain("in shop at `abcdef012345`.");
  expect(local).not.toContain("/home/ana");
});
