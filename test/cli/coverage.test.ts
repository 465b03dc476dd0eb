import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCoverage } from "../../src/cli/coverage.js";

test("a coverage file is read, none is no fault, and a bad or absent one is one sentence that names it and the remedy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "coverage-"));
  const good = join(folder, "lcov.info");
  const bad = join(folder, "bad.json");
  await writeFile(good, "SF:lib/a.ex\nDA:1,2\nend_of_record\n");
  await writeFile(bad, '{"source_files": 3}');

  expect(await readCoverage(good)).toEqual({ kind: "read", coverage: new Map([["lib/a.ex", new Map([[1, 2]])]]) });
  expect(await readCoverage(undefined)).toEqual({ kind: "read", coverage: null });
  for (const path of [bad, join(folder, "absent.json")]) {
    const failed = await readCoverage(path);
    expect(failed.kind === "failed" ? failed.sentence : "").toBe(
      `The coverage file ${path} cannot be read: write one with \`mix coveralls.json\` or \`mix coveralls.lcov\`.`,
    );
  }
});
