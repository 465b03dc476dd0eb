import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadCheckedData } from "../../../src/shell/data/checked.js";
import { loadData } from "../../../src/shell/data/data.js";
import { packageRoot } from "../../../src/shell/data/package-root.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function copyOfData(): string {
  const root = mkdtempSync(join(tmpdir(), "guard-data-"));
  folders.push(root);
  cpSync(join(packageRoot(), "data"), join(root, "data"), { recursive: true });
  return root;
}

describe("loadData", () => {
  test("reads what Guard ships", () => {
    expect(loadData(packageRoot()).effects.repository.read).toContain("get_by");
  });

  test("names every fault of every file at once", () => {
    const root = copyOfData();
    writeFileSync(
      join(root, "data", "effects.yml"),
      "calls:\n  - effect: singing\n    modules: []\n    functions: [a]\ninjected: []\nrepository: {}\n",
    );
    expect(() => loadData(root)).toThrow(
      /effects\.yml: calls\.0\.effect[\s\S]*effects\.yml: calls\.0\.modules[\s\S]*effects\.yml: deferring/,
    );
  });
});

describe("loadCheckedData", () => {
  const checklist = { version: 1, items: [{ item: "as built", dependencies: [], calls: [], uses: [], routes: [] }] };

  function built(root: string): string {
    const written = readFileSync(join(root, "data", "checklist.yml"), "utf8");
    writeFileSync(join(root, "data.json"), JSON.stringify({ checklist: { written, data: checklist } }));
    return join(root, "data.json");
  }

  test("takes a file that stands as the build checked it from the build", async () => {
    const root = copyOfData();
    expect((await loadCheckedData(root, ["checklist"], built(root))).checklist).toEqual(checklist);
  });

  test("reads and checks a file that changed since", async () => {
    const root = copyOfData();
    const file = built(root);
    writeFileSync(join(root, "data", "checklist.yml"), "version: 2\n");
    await expect(loadCheckedData(root, ["checklist"], file)).rejects.toThrow(/checklist\.yml: items/);
  });

  test("reads and checks everything where nothing was built", async () => {
    const root = copyOfData();
    expect(await loadCheckedData(root, ["checklist", "effects"], join(root, "data.json"))).toEqual(
      loadData(root, ["checklist", "effects"]),
    );
  });
});
