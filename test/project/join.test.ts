import { describe, expect, test } from "vitest";
import { roleOf } from "../../src/project/role-of.js";
import { testsOf } from "../../src/project/tests-of.js";
import { projectFrom } from "../support/project.js";

describe("the joined project", () => {
  test.each([
    ["router", "lib/shop_web/router.ex", "use Phoenix.Router"],
    ["live_view", "lib/shop_web/a_live.ex", "use Phoenix.LiveView"],
    ["schema", "lib/shop/user.ex", "use Ecto.Schema"],
    ["worker", "lib/shop/job.ex", "use Oban.Worker, queue: :default"],
    ["server", "lib/shop/server.ex", "@behaviour :gen_statem"],
    ["plug", "lib/shop_web/plugs/auth.ex", "@behaviour Plug"],
    ["migration", "priv/repo/migrations/20240101000000_a.exs", "use Ecto.Migration"],
    ["test", "test/shop/a_test.exs", "use ExUnit.Case"],
    ["test_support", "test/support/factory.ex", "def build, do: 1"],
    ["other", "lib/shop/thing.ex", "def run, do: 1"],
  ])("%s is what a module in %s is for when it says %s", (role, path, line) => {
    expect(roleOf(projectFrom({ [path]: `defmodule Shop.M do\n  ${line}\nend\n` }), "Shop.M")).toBe(role);
  });

  test("knows the tests of a module and of a function", () => {
    const project = projectFrom({
      "lib/accounts.ex": "defmodule Shop.Accounts do\n  def list, do: []\n  def count, do: 0\nend\n",
      "test/accounts_test.exs": `defmodule Shop.AccountsTest do
  use ExUnit.Case

  describe "list/0" do
    test "is empty" do
      assert read() == []
    end
  end

  defp read, do: Shop.Accounts.list()
end
`,
    });
    expect(project.tests[0]?.tests.map((entry) => entry.name)).toEqual(["list/0 is empty"]);
    expect(testsOf(project, "Shop.Accounts")).toHaveLength(1);
    expect(testsOf(project, "Shop.Accounts.list/0")).toHaveLength(1);
    expect(testsOf(project, "Shop.Accounts.count/0")).toEqual([]);
  });

  test("lists configuration, conditional entries included", () => {
    const { configuration } = projectFrom({
      "config/runtime.exs":
        'import Config\nif config_env() == :prod do\n  config :shop, Shop.Repo, url: System.fetch_env!("DATABASE_URL")\nend\nconfig :shop, limit: 3\n',
    });
    expect(configuration.map(({ application, key, path }) => [application, key, path])).toEqual([
      ["shop", "Shop.Repo", "config/runtime.exs"],
      ["shop", null, "config/runtime.exs"],
    ]);
  });

  test("lists dependencies with their requirements", () => {
    const { dependencies } = projectFrom({
      "mix.exs":
        'defmodule Shop.MixProject do\n  use Mix.Project\n  defp deps do\n    [{:ecto, "~> 3.10"}, {:local, path: "../local"}, {:credo, ">= 1.0.0", only: :dev}]\n  end\nend\n',
    });
    expect([...dependencies]).toEqual([
      ["ecto", "~> 3.10"],
      ["local", ""],
      ["credo", ">= 1.0.0"],
    ]);
  });

  test("is empty for no files, and whole for a file with a syntax error", () => {
    expect(projectFrom({}).functions.size).toBe(0);
    expect([...projectFrom({ "lib/a.ex": "defmodule A do\n  def good, do: 1\n  def bad( do\n  end\nend\n" }).modules.keys()]).toContain(
      "A",
    );
  });
});
