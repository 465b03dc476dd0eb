import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/shell/data/package-root.js";

const run = promisify(execFile);
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "guard-new-rule-"));
});
afterEach(() => rm(folder, { recursive: true }));

function newRule(...flags: string[]) {
  return run(process.execPath, ["--import", "tsx", "scripts/new-rule.ts", "--root", folder, ...flags], { cwd: packageRoot() });
}

const enough = ["--id", "sleep-in-request", "--area", "async", "--trigger", "advice", "--severity", "low"];

describe("npm run new:rule", () => {
  it("writes a rule named after its id, with its holes as questions", async () => {
    await newRule(...enough, "--title", "A request sleeps");
    const source = await readFile(join(folder, "src/rules/elixir/async/sleep-in-request.ts"), "utf8");
    expect(source).toContain("export const sleepInRequest = defineRule");
    expect(source).toContain('title: "A request sleeps"');
    expect(source).toContain("QUESTION: When must it not be said?");
  });

  it("refuses an id that is not kebab-case, and says which is", async () => {
    await expect(newRule("--id", "SleepInRequest")).rejects.toMatchObject({ stderr: expect.stringContaining("kebab-case") as string });
  });

  it("leaves a rule alone that is already there", async () => {
    await newRule(...enough);
    await expect(newRule(...enough)).rejects.toMatchObject({ stderr: expect.stringContaining("exists already") as string });
  });
});
