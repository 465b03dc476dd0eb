import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSampleRepository } from "../../src/workspace/sample-repository.js";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "guard-sample-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const git = (path: string, ...words: readonly string[]): string => execFileSync("git", ["-C", path, ...words], { encoding: "utf8" });

test("the sample project is a git repository with a short history and nothing left uncommitted", async () => {
  const { path, name } = await createSampleRepository(emptyFolder());
  expect(name).toBe("shop");
  expect(git(path, "log", "--format=%s").trim().split("\n")).toEqual(["Sell things", "Add the database schema", "Start the shop"]);
  expect(git(path, "ls-files")).toContain("mix.exs");
  expect(git(path, "status", "--porcelain")).toBe("");
});

test("two copies have the same commits, and a second one in the same place replaces the first", async () => {
  const folder = emptyFolder();
  const head = async (target: string): Promise<string> => git((await createSampleRepository(target)).path, "rev-parse", "HEAD");
  expect(await head(folder)).toBe(await head(emptyFolder()));
  expect(await head(folder)).toMatch(/^[0-9a-f]{40}\n$/);
});
