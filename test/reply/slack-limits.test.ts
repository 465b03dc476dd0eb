import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/model/decision.js";
import { severities } from "../../src/model/finding.js";
import { sectionNames } from "../../src/model/intervention.js";
import type { Intervention } from "../../src/model/intervention.js";
import type { Patch } from "../../src/model/patch.js";
import type { Block, ReplyMessage } from "../../src/model/reply.js";
import { renderProblem, renderProceed, renderSection } from "../../src/reply/answers.js";
import { textLength } from "../../src/reply/blocks.js";
import { renderAllProblems, renderIntervention } from "../../src/reply/intervention.js";
import { limits } from "../../src/reply/limits.js";

const nasty = [
  "<!channel>",
  "<!here|x>",
  "<@U123>",
  "<#C1|general>",
  "<!subteam^S1>",
  "@here",
  "*bold",
  "`",
  "```",
  "&amp;",
  "<https://evil.example|click>",
  "\n\n\n",
  "🔥",
  "|",
  "~~x~~",
  "![x](y)",
  "- ",
  "# ",
];
const hostile = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 30 })), { maxLength: 12 }).map((parts) => parts.join(" ")),
  fc.constantFrom(
    "x".repeat(9_000),
    "word ".repeat(2_000),
    "```elixir\n" + "  Repo.all(User)\n".repeat(400) + "```",
    "🔥".repeat(4_000),
    "&".repeat(3_500),
  ),
);
const address = fc.constantFrom(
  null,
  "https://github.com/a/b/blob/main/lib/a.ex#L1-L2",
  "javascript:alert(1)",
  `https://x.example/${"a".repeat(4_000)}`,
  "https://x.example/a|b>c",
);
const line = fc.integer({ min: 1, max: 200_000 });

const problem = fc.record({
  finding: fc.constant("f1"),
  rule: fc.constant("n-plus-one"),
  title: hostile,
  place: fc.record({ path: hostile, line, endLine: line, quote: hostile }),
  permalink: address,
  consequence: hostile,
  fix: hostile,
  severity: fc.constantFrom(...severities),
  origin: fc.constantFrom("detector", "claude", "both"),
  evidence: fc.array(fc.record({ path: hostile, line, note: hostile, permalink: address }), { maxLength: 6 }),
});

const decision: fc.Arbitrary<Decision> = fc.record({
  id: fc.constant("D1"),
  repository: hostile,
  rule: hostile,
  scope: fc.constant({ kind: "finding", fingerprint: "f1" } as const),
  verdict: fc.constantFrom("accepted", "rejected", "deferred"),
  reason: hostile,
  by: fc.constant("U1"),
  byName: hostile,
  at: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  permalink: address,
  anchor: fc.record({ path: hostile, line, enclosing: hostile, codeHash: fc.constant("h") }),
});

const notRun = { answer: "not run", why: "no project here" } as const;
const proof = {
  applied: { answer: "yes" },
  parsed: { answer: "yes" },
  findingGone: notRun,
  noNewFinding: notRun,
  formatted: notRun,
  compiled: notRun,
  tested: notRun,
} as const;
const patch: fc.Arbitrary<Patch> = fc.record({
  path: hostile,
  before: hostile,
  after: hostile,
  diff: hostile,
  title: hostile,
  kind: fc.constantFrom("implementation", "migration", "test"),
  findings: fc.constant(["f1"]),
  proof: fc.constant(proof),
});

const intervention: fc.Arbitrary<Intervention> = fc.record({
  mode: fc.constantFrom("claude", "offline"),
  notice: fc.option(hostile),
  verdict: hostile,
  sources: fc.array(
    fc.record({
      repository: hostile,
      commit: fc.option(fc.constant("a".repeat(40))),
      path: hostile,
      lines: fc.option(fc.record({ first: line, last: line })),
      permalink: address,
    }),
    { maxLength: 8 },
  ),
  problems: fc
    .array(problem, { maxLength: 200, size: "+2" })
    .map((problems) => problems.map((one, index) => ({ ...one, id: String(index + 1) }))),
  sections: fc.dictionary(fc.constantFrom(...sectionNames), hostile),
  omitted: fc.array(fc.record({ section: fc.constantFrom(...sectionNames), reason: hostile }), { maxLength: 10 }),
  options: fc.array(
    fc.record({
      name: fc.constantFrom("minimal", "recommended", "complete"),
      summary: hostile,
      problems: fc.constant(["1"]),
      patches: fc.constant([0, 1]),
    }),
    { maxLength: 3 },
  ),
  patches: fc.array(patch, { maxLength: 5 }),
  figures: fc.constant([]),
  dropped: fc.array(fc.record({ claim: hostile, reason: hostile }), { maxLength: 3 }),
  decisions: fc.array(decision, { maxLength: 30 }),
  unread: fc.array(fc.record({ path: hostile, line, endLine: line }), { maxLength: 20 }),
  triggersFired: fc.constant([]),
  question: hostile,
  cost: fc.record({ usage: fc.constant(null), dollars: fc.constant(null), derivation: hostile }),
});

function everyMessage(given: Intervention): readonly ReplyMessage[] {
  return [
    ...renderIntervention(given, "I1"),
    ...renderAllProblems(given),
    ...given.problems.slice(0, 3).flatMap(renderProblem),
    ...sectionNames.flatMap((section) => renderSection(given, section)),
    ...given.options.map((option) => renderProceed(given, option)),
  ];
}

function inside(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : [value as Readonly<Record<string, unknown>>];
  return [...own, ...Object.values(value).flatMap(inside)];
}

function breaches(block: Block): readonly string[] {
  const found: string[] = [];
  const most = (what: string, length: number, limit: number) => length > limit && found.push(`${what} ${length} > ${limit}`);
  for (const part of inside(block)) {
    const text = part["text"];
    if (part["type"] === "mrkdwn" && typeof text === "string") {
      most("text", text.length, block.type === "context" ? limits.contextText : limits.sectionText);
      if (text === "") found.push("empty text");
    }
    if (part["type"] === "text" && typeof text === "string") most("preformatted", text.length, limits.sectionText);
    if (part["type"] === "button") {
      most("button", (text as { text: string }).text.length, limits.buttonText);
      most("value", String(part["value"]).length, limits.buttonValue);
      most("action", String(part["action_id"]).length, limits.identifier);
    }
  }
  const elements = Array.isArray(block["elements"]) ? block["elements"].length : 0;
  if (block.type === "context") most("context", elements, limits.contextElements);
  if (block.type === "actions") most("actions", elements, limits.actionElements);
  if ((block.type === "context" || block.type === "actions") && elements === 0) found.push("no elements");
  return found;
}

/** What Slack would make live: mentions, broadcasts, channel links, and links to anything but http(s). */
function liveTokens(message: ReplyMessage): readonly string[] {
  const texts = [
    message.text,
    ...message.blocks.flatMap(inside).flatMap((part) => (part["type"] === "mrkdwn" ? [String(part["text"])] : [])),
  ];
  return texts.flatMap((text) => [...text.matchAll(/<(?!https?:\/\/)[^>]*>?|@(?=(?:here|channel|everyone)\b)/g)].map(([token]) => token));
}

describe("any intervention, as Slack gets it", () => {
  it("keeps every limit and makes nothing live that Guard did not write", () => {
    fc.assert(
      fc.property(intervention, (given) => {
        for (const message of everyMessage(given)) {
          expect(message.text.length).toBeLessThanOrEqual(limits.messageText);
          expect(message.blocks.length).toBeLessThanOrEqual(limits.blocksPerMessage);
          expect(message.blocks.reduce((length, block) => length + textLength(block), 0)).toBeLessThanOrEqual(limits.messageBlocksText);
          expect(message.blocks.flatMap(breaches)).toEqual([]);
          expect(liveTokens(message)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("loses no problem: every number is listed by show all", () => {
    fc.assert(
      fc.property(intervention, (given) => {
        const text = JSON.stringify(renderAllProblems(given));
        for (const { id } of given.problems) expect(text).toContain(`*${id}.*`);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
