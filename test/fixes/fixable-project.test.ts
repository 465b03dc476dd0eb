import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixProject } from "../../src/app/fix.js";
import { createFormatter } from "../../src/shell/elixir/formatter.js";
import { analysisOf, parse, root } from "../support/consultation.js";
import { copyProject, hasMix } from "../support/elixir-project.js";

/** Patches that change the same lines are made one after the other. */
const mostRounds = 5;

describe.skipIf(!hasMix)("the project in test/fixtures/fixable (skipped where Elixir is not installed)", () => {
  const project = copyProject(join(root, "test/fixtures/fixable"), "shop");
  const formatter = createFormatter({ root });
  const applied: string[] = [];
  afterAll(() => {
    formatter.close();
    project.remove();
  });

  beforeAll(async () => {
    for (let round = 0; round < mostRounds; round += 1) {
      const analysis = await analysisOf(project.texts());
      const { files, taken, refused } = await fixProject(analysis, analysis.audit.findings, { parse, format: formatter.format });
      expect(refused.map(({ title, proof }) => ({ title, proof }))).toEqual([]);
      for (const { path, after } of files) project.write(path, after);
      applied.push(...taken.map(({ title }) => title));
      if (taken.length === 0) return;
    }
  }, 120_000);

  it("is mended in at least 25 places", () => {
    expect(applied.length).toBeGreaterThanOrEqual(25);
  });

  it("compiles without warnings after all its patches, and is as the formatter leaves it", () => {
    expect(project.mix("compile", "--warnings-as-errors")).toMatchObject({ status: 0 });
    expect(project.mix("format", "--check-formatted")).toEqual({ status: 0, output: "" });
  }, 120_000);

  it("passes its tests after all its patches, and did not before", () => {
    const before = copyProject(join(root, "test/fixtures/fixable"), "shop");
    try {
      expect(before.mix("test").output).toMatch(/\d+ tests?, 17 failures/);
    } finally {
      before.remove();
    }
    const after = project.mix("test", "--warnings-as-errors");
    expect(after.output).toMatch(/\d+ tests?, 0 failures/);
    expect(after.status).toBe(0);
  }, 240_000);
});
