import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { FileChange } from "../../../src/model/patch.js";
import { createRunProject } from "../../../src/shell/elixir/run-project.js";
import { hasNoNetwork } from "../../../src/shell/elixir/sandbox.js";
import { treeOf } from "../../support/consultation.js";
import { createFolder } from "../../support/repository.js";

vi.setConfig({ testTimeout: 120_000 }); // real compilations

const hasMix = spawnSync("mix", ["--version"]).status === 0;
const run = createRunProject({ timeoutMs: 100_000 });

const path = "lib/shop.ex";
const total = "defmodule Shop do\n  def total(items), do: Enum.sum(items)\nend\n";
const files = {
  "mix.exs": `defmodule Shop.MixProject do\n  use Mix.Project\n  def project, do: [app: :shop, version: "0.1.0"]\nend\n`,
  [path]: total,
  "test/test_helper.exs": "ExUnit.start()\n",
  "test/shop_test.exs": `defmodule ShopTest do
  use ExUnit.Case
  test "adds up", do: assert(Shop.total([1, 2]) == 3)
end
`,
};

const changed = (after: string): FileChange[] => [{ path, before: total, after }];

describe.skipIf(!hasMix)("a throw-away copy (skipped where Elixir is not installed)", () => {
  it("tells which patch compiles without warnings and keeps the tests", async () => {
    const patches = [
      changed("defmodule Shop do\n  def total(items), do: Enum.reduce(items, 0, &(&1 + &2))\nend\n"),
      changed("defmodule Shop do\n  def total(items), do: Enum.count(items)\nend\n"),
      changed("defmodule Shop do\n  def total(items) do\n    unused = 1\n    Enum.sum(items)\n  end\nend\n"),
    ];
    expect(await run({ tree: treeOf(files), patches })).toEqual([
      { compiled: { answer: "yes" }, tested: { answer: "yes" } },
      { compiled: { answer: "yes" }, tested: { answer: "no", why: "a test fails that passed before" } },
      {
        compiled: { answer: "no", why: "it brings a warning or does not compile" },
        tested: { answer: "not run", why: "it was not compiled" },
      },
    ]);
  });

  it("holds nothing against a patch that fails without it too", async () => {
    const broken = { ...files, [path]: "defmodule Shop do\n  def total(items), do: missing(items)\nend\n" };
    const [answer] = await run({ tree: treeOf(broken), patches: [changed(total)] });
    expect(answer?.compiled).toEqual({ answer: "not run", why: "the project does not compile here without the patch either" });
  });

  it("gives the code nothing of Guard's environment, and no network where Linux can keep it away", async () => {
    const secret = ["guard", "secret"].join("-");
    process.env["GUARD_TEST_SECRET"] = secret;
    const spying = {
      ...files,
      "test/shop_test.exs": `defmodule ShopTest do
  use ExUnit.Case
  test "sees nothing" do
    refute System.get_env("GUARD_TEST_SECRET")
    assert System.get_env("MIX_ENV") == "test"
    ${hasNoNetwork() ? `assert {:error, _} = :gen_tcp.connect({192, 0, 2, 1}, 80, [], 200)\n    assert {:ok, interfaces} = :inet.getifaddrs()\n    assert Enum.all?(interfaces, fn {name, _} -> name == 'lo' end)` : ""}
  end
end
`,
    };
    const [answer] = await run({ tree: treeOf(spying), patches: [changed(`${total}\n`)] });
    delete process.env["GUARD_TEST_SECRET"];
    expect(answer).toEqual({ compiled: { answer: "yes" }, tested: { answer: "yes" } });
  });

  it("is stopped when its time is up, and leaves nothing running or lying about", async () => {
    const mark = join(createFolder(), "ran");
    const slow = { ...files, "test/shop_test.exs": `Process.sleep(20_000)\nFile.write!("${mark}", "")\n` };
    const [answer] = await createRunProject({ timeoutMs: 6_000 })({ tree: treeOf(slow), patches: [changed(total)] });
    expect(answer?.tested).toEqual({ answer: "not run", why: "the time limit for proofs was reached" });
    expect(existsSync(mark)).toBe(false);
  });
});

it("says that mix is not there where it is not", async () => {
  const missing = createRunProject({ timeoutMs: 10_000, command: "mix-that-is-not-there" });
  const [answer] = await missing({ tree: treeOf(files), patches: [changed(total)] });
  expect(answer?.compiled).toEqual({ answer: "not run", why: "mix is not installed here" });
});
