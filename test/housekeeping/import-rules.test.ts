import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";

const root = process.cwd();
let planted: string | undefined;

/** A folder with this project's import rules and only the given modules in it. */
function cruise(files: Record<string, string>): { status: number | null; output: string } {
  planted = mkdtempSync(join(tmpdir(), "guard-imports-"));
  for (const name of [".dependency-cruiser.mjs", "tsconfig.json", "package.json", "scripts/check-imports.mjs"]) {
    cpSync(join(root, name), join(planted, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(planted, "node_modules"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(planted, path)), { recursive: true });
    writeFileSync(join(planted, path), text);
  }
  const run = spawnSync(process.execPath, ["scripts/check-imports.mjs"], { cwd: planted, encoding: "utf8" });
  return { status: run.status, output: run.stdout + run.stderr };
}

afterEach(() => {
  if (planted !== undefined) rmSync(planted, { recursive: true, force: true });
});

describe("the import rules", () => {
  test.each([
    [
      "a rule that reaches into the shell",
      "src/rules/elixir/data/planted.ts",
      "../../../shell/git/mirror.js",
      "rules-imports-only-model-project",
    ],
    ["a model that knows the project", "src/model/planted.ts", "../project/join.js", "model-imports-only-itself"],
    ["a workspace that knows Guard", "src/workspace/planted.ts", "../model/finding.js", "workspace-imports-only-itself"],
    ["a core file that reads the disk", "src/consult/planted.ts", "node:fs", "core-touches-nothing-outside"],
    ["a second importer of Bolt", "src/shell/git/planted.ts", "@slack/bolt", "bolt-only-in-shell-slack"],
    ["one shell folder importing another", "src/shell/git/planted.ts", "../store/memory.js", "shell-folders-stand-alone"],
  ])("refuse %s", (_what, path, target, rule) => {
    const result = cruise({
      [path]: `import * as planted from "${target}";\nexport default planted;\n`,
      "src/shell/git/mirror.ts": "export const mirror = 1;\n",
      "src/project/join.ts": "export const join = 1;\n",
      "src/model/finding.ts": "export const finding = 1;\n",
      "src/shell/store/memory.ts": "export const memory = 1;\n",
    });
    expect(result.output).toContain(rule);
    expect(result.status).toBe(1);
  });

  test("accept an allowed import, so that a refusal means something", () => {
    const result = cruise({
      "src/rules/planted.ts": `import { finding } from "../model/finding.js";\nexport default finding;\n`,
      "src/model/finding.ts": "export const finding = 1;\n",
    });
    expect(result.output).toContain("2 modules, 0 violations");
    expect(result.status).toBe(0);
  });
});
