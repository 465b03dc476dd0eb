import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/app/evaluate.js";
import type { CleanCase, DefectCase } from "../../src/model/evaluation.js";
import type { OpenedTree } from "../../src/model/tree.js";
import { rules } from "../../src/rules/registry.js";
import { analysisPorts, evaluationKinds, ordersMended, ordersWithDroppedResult, treeOf } from "../support/analysis.js";

const orders = "lib/shop/orders.ex";
const commits: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  defect: { [orders]: ordersWithDroppedResult, "lib/shop/item.ex": "defmodule Shop.Item do\nend\n" },
  mended: { [orders]: ordersMended, "lib/shop/item.ex": "defmodule Shop.Item do\nend\n" },
  unmended: { [orders]: `# not mended\n${ordersWithDroppedResult}` },
};

const opened: string[] = [];
const ports = {
  ...analysisPorts,
  openCommit: async (repository: string, commit: string): Promise<OpenedTree> => {
    opened.push(`${repository}@${commit}`);
    const files = commits[commit];
    return files === undefined
      ? { kind: "failed", reason: "unknown_revision", sentence: `There is no ${commit}.` }
      : { kind: "opened", tree: treeOf(files) };
  },
};

function defect(id: string, changes: Partial<DefectCase> = {}): DefectCase {
  return {
    ...{ id, kind: "missing_error_handling", repo: "acme/shop", before: "defect", after: "mended", path: orders },
    ...{ before_start_line: 6, before_end_line: 6, after_clean_path: orders, after_clean_lines: [6, 6], difficulty: "single-file" },
    ...changes,
  };
}

function clean(id: string, changes: Partial<CleanCase> = {}): CleanCase {
  return { id, kind: "missing_error_handling", repo: "acme/shop", sha: "mended", path: orders, start_line: 1, end_line: 10, ...changes };
}

const options = { kinds: evaluationKinds, all: false };

describe("a defect", () => {
  test("is found within five lines of its range, and missed beyond", async () => {
    const cases = [
      defect("exact"),
      defect("near", { before_start_line: 11, before_end_line: 12 }),
      defect("far", { before_start_line: 12, before_end_line: 12 }),
    ];
    const { recall, missed } = await evaluate(cases, [], ports, options);
    expect(missed).toEqual(["far"]);
    expect(recall.all).toEqual({ rate: 2 / 3, hits: 2, total: 3 });
    expect(recall.byKind).toEqual({ missing_error_handling: recall.all });
    expect(recall.byDifficulty).toEqual({ "single-file": recall.all });
  });

  test("of another kind, or in another file, is not found by this rule", async () => {
    const cases = [defect("kind", { kind: "missing_auth" }), defect("file", { path: "lib/shop/item.ex" })];
    expect((await evaluate(cases, [], ports, options)).missed).toEqual(["kind", "file"]);
  });

  test("that cannot be looked at is skipped with the reason and counts as missed", async () => {
    const cases = [defect("no commit", { before: "lost" }), defect("no file", { path: "lib/gone.ex" })];
    const { recall, skipped } = await evaluate(cases, [], ports, options);
    expect(recall.all).toEqual({ rate: 0, hits: 0, total: 2 });
    expect(skipped).toEqual([
      { id: "no commit", reason: "There is no lost." },
      { id: "no file", reason: "lib/gone.ex was not read at defect." },
    ]);
  });

  test("a second reader doubted is told apart and counted in no rate", async () => {
    const cases = [defect("sure", { second: "range corrected" }), defect("doubted", { second: "doubtful" })];
    const { recall, doubtful } = await evaluate(cases, [], ports, options);
    expect(recall.all.total).toBe(1);
    expect(doubtful).toEqual({ found: ["doubted"], missed: [], alarmed: [] });
  });
});

test("a twin is reported when the mended lines still have the finding; the denominator is found cases with a mended place", async () => {
  const cases = [
    defect("mended"),
    defect("unmended", { after: "unmended", after_clean_lines: [7, 7] }),
    defect("no place", { after_clean_lines: null }),
    defect("missed", { before_start_line: 60, before_end_line: 60 }),
  ];
  const { twinsStillReported, stillReported } = await evaluate(cases, [], ports, options);
  expect(stillReported).toEqual(["unmended"]);
  expect(twinsStillReported.all).toEqual({ rate: 0.5, hits: 1, total: 2 });
});

test("a clean range is an alarm only when a finding of its kind lies inside", async () => {
  const cleans = [clean("right"), clean("alarm", { sha: "defect" }), clean("beside", { sha: "defect", start_line: 7 })];
  const { falseAlarms, alarmed } = await evaluate([], cleans, ports, options);
  expect(alarmed).toEqual(["alarm"]);
  expect(falseAlarms.all).toEqual({ rate: 1 / 3, hits: 1, total: 3 });
});

test("a tree is analysed once for all its cases, and density counts each tree once", async () => {
  opened.length = 0;
  const { findingsPer1000Lines } = await evaluate([defect("a"), defect("b")], [], ports, { ...options, all: true });
  expect(opened.filter((commit) => commit === "acme/shop@defect")).toHaveLength(1);
  expect(findingsPer1000Lines).toBeGreaterThan(0);
});

test("a disputed case counts in no rate and is named with its reason", async () => {
  const disputed = [
    { id: "refuted", reason: "The list is loaded once." },
    { id: "of another file", reason: "Not here." },
  ];
  const cases = [defect("found"), defect("refuted", { before_start_line: 60, before_end_line: 60 })];
  const evaluation = await evaluate(cases, [], ports, { ...options, disputed });
  expect(evaluation.recall.all).toEqual({ rate: 1, hits: 1, total: 1 });
  expect(evaluation.missed).toEqual([]);
  expect(evaluation.disputed).toEqual(disputed.slice(0, 1));
});

test("the rates are given again with each repository left out", async () => {
  const far = { before_start_line: 60, before_end_line: 60 };
  const cases = [defect("found"), defect("missed", { repo: "acme/other", ...far })];
  const { withoutRepository } = await evaluate(cases, [clean("alarm", { sha: "defect" })], ports, options);
  expect(withoutRepository["acme/other"]).toEqual({
    recall: { rate: 1, hits: 1, total: 1 },
    falseAlarms: { rate: 1, hits: 1, total: 1 },
    twinsStillReported: { rate: 0, hits: 0, total: 1 },
  });
  expect(withoutRepository["acme/shop"]).toEqual({
    recall: { rate: 0, hits: 0, total: 1 },
    falseAlarms: { rate: 0, hits: 0, total: 0 },
    twinsStillReported: { rate: 0, hits: 0, total: 0 },
  });
});

test("every rule has its kinds in data/eval-kinds.yml, and no other rule is named there", () => {
  expect(evaluationKinds.rules.map(({ rule }) => rule).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
});
