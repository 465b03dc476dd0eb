import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { createFolder, createRepository } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

vi.setConfig({ testTimeout: 60_000 }); // whole programs are run

const worker = "lib/shop/receipt_worker.ex";
const waiting = "lib/shop/printer.ex";
const files = {
  "mix.exs": 'defmodule Shop.MixProject do\n  use Mix.Project\n\n  def project, do: [app: :shop, version: "0.1.0"]\nend\n',
  [worker]: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{order_id: id}}), do: {:ok, id}
end
`,
  [waiting]: `defmodule Shop.Printer do
  def connect(host), do: :gen_tcp.connect(host, 9100, [])
end
`,
};

const textOf = (folder: string, path: string): string => readFileSync(join(folder, path), "utf8");

describe("guard fix", () => {
  test("prints one diff of all patches that git applies, and touches nothing", async () => {
    const folder = createFolder(files);
    const { code, output } = await runGuard(["fix", folder]);
    expect(code).toBe(0);
    expect(textOf(folder, worker)).toBe(files[worker]);
    execFileSync("git", ["apply", "-"], { cwd: folder, input: output });
    expect(textOf(folder, worker)).toContain(`args: %{"order_id" => id}`);
    expect(textOf(folder, waiting)).toContain("9100, [], 5_000)");
  });

  test("takes the findings of the named rules alone", async () => {
    const { output } = await runGuard(["fix", createFolder(files), "--rule", "job-reads-atom-keys"]);
    expect(output).toContain(`+++ b/${worker}`);
    expect(output).not.toContain(waiting);
  });

  test("writes the files when told to, after which nothing is left to mend", async () => {
    const folder = createFolder(files);
    const written = await runGuard(["fix", folder, "--write"]);
    expect(written.output).toContain("2 patches in 2 files made.");
    expect(textOf(folder, waiting)).toContain("9100, [], 5_000)");
    expect(await runGuard(["fix", folder])).toMatchObject({ code: 0, output: "" });
  });

  test("writes the diff to a file when told to", async () => {
    const folder = createFolder(files);
    const patch = join(createFolder(), "guard.patch");
    const { output } = await runGuard(["fix", folder, "--patch", patch]);
    expect(output).toContain(`2 patches in 2 files written to ${patch}.`);
    expect(readFileSync(patch, "utf8")).toContain(`--- a/${worker}\n+++ b/${worker}\n`);
    expect(textOf(folder, worker)).toBe(files[worker]);
  });

  test("refuses to write to a commit, and an unknown rule", async () => {
    const repository = await createRepository({ files });
    const refused = await runGuard(["fix", repository.path, "--ref", "main", "--write"]);
    expect(refused).toMatchObject({ code: 2, output: "" });
    expect(refused.errors).toContain("there is nothing to write to: give a folder without --ref, or use --patch.");
    expect(existsSync(join(repository.path, worker))).toBe(true);
    expect(await runGuard(["fix", repository.path, "--rule", "no-such-rule"])).toMatchObject({ code: 2 });
  });
});
