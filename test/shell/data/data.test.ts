import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadData } from "../../../src/shell/data/data.js";
import { packageRoot } from "../../../src/shell/data/package-root.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("loadData", () => {
  test("reads what Guard ships", () => {
    expect(loadData(packageRoot()).effects.repository.read).toContain("get_by");
  });

  test("names every fault of every file at once", () => {
    const root = mkdtempSync(join(tmpdir(), "guard-data-"));
    folders.push(root);
    cpSync(join(packageRoot(), "data"), join(root, "data"), { recursive: true });
    writeFileSync(
      join(root, "data", "effects.yml"),
      "calls:\n  - effect: singing\n    modules: []\n    functions: [a]\ninjected: []\nrepository: {}\n",
    );
    expect(() => loadData(root)).toThrow(
      /effects\.yml: calls\.0\.effect[\s\S]*effects\.yml: calls\.0\.modules[\s\S]*effects\.yml: deferring/,
    );
  });
});
