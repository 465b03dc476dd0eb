import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AuditReport, ReportedFinding } from "../../src/model/audit.js";
import type { Decision } from "../../src/model/decision.js";
import { auditJunit } from "../../src/reply/junit.js";
import { auditMarkdown } from "../../src/reply/markdown.js";
import { auditSarif, type CatalogueRule } from "../../src/reply/sarif.js";
import { auditTerminal } from "../../src/reply/terminal.js";

function finding(changes: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    ...{ rule: "query-per-element", trigger: "n_plus_one", area: "data", severity: "high", confidence: "certain", cwe: ["CWE-1073"] },
    location: { path: "lib/shop/orders.ex", span: { start: 10, end: 30 } },
    place: { path: "lib/shop/orders.ex", line: 3, column: 5, endLine: 3, endColumn: 25 },
    ...{ text: "Repo.get(User, id)", slots: {}, enclosing: "Shop.Orders.list/0", fingerprint: "f1", fix: null },
    evidence: [{ place: { path: "lib/shop/users.ex", line: 9, column: 1, endLine: 9, endColumn: 4 }, note: "calls <Repo.get> & waits" }],
    ...{ message: "One query for each order.", why: "N orders cost N queries.", instead: "Preload the users." },
    ...{ decision: null, baselined: false, fails: true },
    ...changes,
  };
}

const decision: Decision = {
  ...{ id: "d1", repository: "shop", rule: "query-per-element", scope: { kind: "finding", fingerprint: "f2" }, verdict: "rejected" },
  ...{ reason: "ten rows & no more", by: "U1", byName: "Ada", at: Date.UTC(2026, 10, 23), permalink: null },
  anchor: { path: "lib/shop/orders.ex", line: 3, enclosing: "Shop.Orders.list/0", codeHash: "h" },
};

const decided = finding({ decision, fails: false, fingerprint: "f2", place: { ...finding().place, line: 8, endLine: 8 } });
const low = finding({ severity: "low", fails: false, fingerprint: "f3", place: { ...finding().place, path: "lib/a b/é.ex" } });
const known = finding({ baselined: true, fails: false, fingerprint: "f4" });

function report(findings: readonly ReportedFinding[], changes: Partial<AuditReport["audit"]> = {}): AuditReport {
  return {
    tool: { name: "guard", version: "0.1.0" },
    audit: {
      ...{ root: "/shop", commit: "a".repeat(40), filesRead: 12, lines: 1_234, findings, ignored: [] },
      filesDamaged: [],
      filesSkipped: [{ path: "lib/logo.ex", reason: "binary" }],
      checklist: [
        { item: "telemetry", present: true, evidence: [{ path: "mix.exs", line: 4, note: "depends on telemetry_metrics" }] },
        { item: "tracing", present: false, evidence: [] },
      ],
      timing: { listMs: 1, readMs: 2, parseMs: 3, joinMs: 4, rulesMs: 5, totalMs: 1_500, cachedFiles: 0 },
      ...changes,
    },
    findings,
    left: { severity: 0, confidence: 2 },
    failOn: "high",
  };
}

const catalogue: readonly CatalogueRule[] = [
  { id: "query-per-element", title: "A query in a loop", area: "data", severity: "high", cwe: ["CWE-1073"], help: "…" },
];

/** What SARIF 2.1.0 demands of the parts Guard writes. */
const Region = z.object({
  startLine: z.number().min(1),
  startColumn: z.number().min(1),
  endLine: z.number(),
  endColumn: z.number().min(1),
});
const Location = z.object({
  id: z.number().int().min(0).optional(),
  physicalLocation: z.object({
    artifactLocation: z.object({ uri: z.string().regex(/^[^\s\\:]+$/), uriBaseId: z.string() }),
    region: Region,
  }),
});
const Sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(
    z.object({
      tool: z.object({ driver: z.object({ name: z.string(), rules: z.array(z.object({ id: z.string() })) }) }),
      columnKind: z.literal("utf16CodeUnits"),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.number().int().optional(),
          level: z.enum(["none", "note", "warning", "error"]),
          message: z.object({ text: z.string().min(1) }),
          locations: z.array(Location).length(1),
          relatedLocations: z.array(Location),
          partialFingerprints: z.record(z.string(), z.string()),
          baselineState: z.enum(["new", "unchanged", "updated", "absent"]),
          suppressions: z.array(z.object({ kind: z.enum(["inSource", "external"]), justification: z.string() })),
        }),
      ),
    }),
  ),
});

describe("SARIF", () => {
  const sarif = Sarif.parse(auditSarif(report([finding(), decided, low, known]), catalogue));
  const results = sarif.runs[0]?.results ?? [];

  test("has each finding with level, place, evidence and a rule of the catalogue", () => {
    expect(results.map(({ level }) => level)).toEqual(["error", "error", "note", "error"]);
    expect(results[0]).toMatchObject({ ruleIndex: 0, relatedLocations: [{ id: 0 }], partialFingerprints: { "guardFinding/v1": "f1" } });
    expect(results[2]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe("lib/a%20b/%C3%A9.ex");
  });

  test("suppresses what was decided, with the reason, and calls the baseline's unchanged", () => {
    expect(results.map(({ suppressions }) => suppressions.length)).toEqual([0, 1, 0, 0]);
    expect(results[1]?.suppressions[0]?.justification).toBe("rejected: ten rows & no more");
    expect(results.map(({ baselineState }) => baselineState)).toEqual(["new", "new", "new", "unchanged"]);
  });
});

/** Element names in document order; throws when a tag is not closed where it should be. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const rest = xml
    .replace(/<\?xml[^?]*\?>/, "")
    .replace(
      /<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)\s*(\/?)>/g,
      (_, closing, name: string, _attributes, single) => {
        if (closing === "/" && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
        if (closing === "") names.push(name);
        if (closing === "" && single === "") open.push(name);
        return "";
      },
    );
  if (open.length > 0 || /[<>]|&(?!amp;|lt;|gt;|quot;|#\d+;)/.test(rest)) throw new Error(`not well-formed: ${open.join()} ${rest.trim()}`);
  return names;
}

describe("JUnit", () => {
  const nasty = finding({ message: 'a "quoted" <tag> & \u0000 null', why: "]]>", fingerprint: "f9" });

  test("is well-formed whatever the code says", () => {
    expect(elementsOf(auditJunit(report([nasty, decided, low, known]), ["query-per-element", "other"]))).toEqual([
      ...["testsuites", "testsuite", "testcase", "failure", "testcase", "skipped", "testcase", "system-out", "testcase", "skipped"],
      ...["testsuite", "testcase"],
    ]);
  });

  test("fails exactly what fails the run, and its counts agree", () => {
    const xml = auditJunit(report([finding(), decided, low, known]), ["query-per-element", "other"]);
    expect(xml).toContain('<testsuites name="guard" tests="5" failures="1" errors="0" skipped="2" time="1.500">');
    expect(xml).toContain('<testsuite name="query-per-element" tests="4" failures="1" errors="0" skipped="2">');
    expect(xml).toContain('<testcase classname="other" name="no findings"/>');
  });
});

describe("the terminal", () => {
  const words = { colour: false, width: 60 };

  test("shows open findings by file, then the project, then what is not listed and why", () => {
    const text = auditTerminal(report([finding(), decided, known]), words);
    expect(text).toContain(
      "lib/shop/orders.ex\n\n  3:5  high  query-per-element  f1\n    │ Repo.get(User, id)\n    One query for each order.\n",
    );
    expect(text).toContain("    → Preload the users.\n    lib/shop/users.ex:9  calls <Repo.get> & waits");
    expect(text).toContain("  ✓ telemetry  mix.exs:4 depends on telemetry_metrics\n  ✗ tracing    nothing found");
    expect(text).toContain("1 finding: 1 high.\n/shop: 12 files, 1,234 lines, commit aaaaaaaaaaaa, in 1.5 s.");
    expect(text).toContain("1 finding decided by the team");
    expect(text).toContain("1 finding known from the baseline.");
    expect(text).toContain("2 possible findings not shown (guard audit --all).");
    expect(text).toContain("lib/logo.ex was not read: binary.");
  });

  test("keeps lines within the width, and severity readable without colour", () => {
    const long = finding({ why: "word ".repeat(60).trim() });
    const lines = auditTerminal(report([long]), words).split("\n");
    expect(Math.max(...lines.filter((line) => line.includes("word")).map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(auditTerminal(report([long]), { ...words, colour: true })).toMatch(/\u001b\[31mhigh/);
  });

  test("says so when there is nothing to report", () => {
    expect(auditTerminal(report([]), words)).toContain("Nothing to report.");
  });
});

describe("Markdown", () => {
  test("gives each open finding with its code, the checklist as a table, and decisions apart", () => {
    const text = auditMarkdown(report([finding(), decided]));
    expect(text).toContain(
      "## `lib/shop/orders.ex`\n\n### Line 3: query-per-element (high, certain)\n\n```elixir\nRepo.get(User, id)\n```",
    );
    expect(text).toContain("| telemetry | yes | `mix.exs:4` depends on telemetry_metrics |");
    expect(text).toContain("rejected on 2026-11-23 by Ada: ten rows & no more");
    expect(text).not.toContain("### Line 8");
  });

  test("fences code that has fences of its own", () => {
    const text = auditMarkdown(report([finding({ text: '@doc """\n```\ncode\n```\n"""' })]));
    expect(text).toContain('````elixir\n@doc """');
  });
});
