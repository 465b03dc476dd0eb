import { describe, expect, test } from "vitest";
import type { Call } from "../../src/model/expression.js";
import { collect } from "../../src/model/walk.js";
import { effectsOf, effectsWithin, traceEffect } from "../../src/project/effects-of.js";
import { loopsIn } from "../../src/project/loops-in.js";
import { repositoryCall } from "../../src/project/repository-call.js";
import { projectFrom } from "../support/project.js";

const repository = "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\n  def fetch(query), do: {:ok, one(query)}\nend\n";

function effectsIn(code: string, more: Record<string, string> = {}): string[] {
  const project = projectFrom({
    "lib/repo.ex": repository,
    "lib/a.ex": `defmodule A do\n  alias Shop.Repo\n  def run(x) do\n    ${code}\n    x\n  end\nend\n`,
    ...more,
  });
  return [...effectsOf(project, "A.run/1").keys()].sort();
}

describe("effects", () => {
  test.each([
    ["Repo.get(User, x)", ["query"]],
    ["User |> Repo.all()", ["query"]],
    ["Repo.insert!(x)", ["write"]],
    ["Repo.transaction(x)", ["transaction"]],
    ['Repo.query!("select 1")', ["query"]],
    ["Repo.fetch(x)", ["query"]],
    ["Other.Repo.all(x)", ["query"]],
    ["Ecto.Multi.run(x, :user, fn repo, _ -> repo.insert(x) end)", ["write"]],
    ["Ecto.Multi.run(x, :user, fn repo, %{id: id} -> {:ok, repo.get(User, id)} end)", ["query"]],
    ["Enum.each(x, fn users -> users.insert(x) end)", []],
    ['Req.get!("http://localhost")', ["http"]],
    [":httpc.request(x)", ["http"]],
    ["File.read!(x)", ["file"]],
    ['System.cmd("ls", [])', ["command"]],
    ["GenServer.call(x, :a)", ["process_call"]],
    ["GenServer.start_link(A, [])", ["process_start"]],
    ["spawn(fn -> :ok end)", ["process_start"]],
    ["Oban.insert(x)", ["enqueue"]],
    ['Phoenix.PubSub.broadcast(x, "a", :b)', ["broadcast"]],
    ["Process.sleep(10)", ["sleep"]],
    [":timer.sleep(10)", ["sleep"]],
    ['raise "no"', ["raise"]],
    ["String.upcase(x)", []],
  ])("%s has %j", (code, expected) => {
    expect(effectsIn(code)).toEqual(expected);
  });

  test("functions that a module gets by use have their effect, called from inside and outside", () => {
    const client = { "lib/client.ex": 'defmodule Shop.Client do\n  use Tesla\n  def user(id), do: get("/users/#{id}")\nend\n' };
    expect(effectsIn("Shop.Client.user(x)", client)).toEqual(["http"]);
    expect(effectsIn('Shop.Client.post("/a", x)', client)).toEqual(["http"]);
    expect(
      effectsIn("Shop.Mailer.deliver(x)", { "lib/mailer.ex": "defmodule Shop.Mailer do\n  use Swoosh.Mailer, otp_app: :shop\nend\n" }),
    ).toEqual(["mail"]);
  });

  test("what another process does without being waited for is not what the caller does", () => {
    expect(effectsIn('Task.start(fn -> Req.get!("http://localhost") end)')).toEqual(["process_start"]);
    expect(effectsIn('Task.async(fn -> Req.get!("http://localhost") end) |> Task.await()')).toEqual([
      "http",
      "process_call",
      "process_start",
    ]);
  });

  test("an effect travels along calls, and the way to it can be shown", () => {
    const project = projectFrom({
      "lib/repo.ex": repository,
      "lib/a.ex": "defmodule A do\n  def run(users), do: Enum.map(users, &B.name/1)\nend\n",
      "lib/b.ex": "defmodule B do\n  def name(user), do: owner(user).name\n  defp owner(user), do: Shop.Repo.get(User, user.id)\nend\n",
    });
    const steps = traceEffect(project, "A.run/1", "query");
    expect(steps.map((step) => [step.caller, step.call, step.at.path])).toEqual([
      ["A.run/1", "B.name/1", "lib/a.ex"],
      ["B.name/1", "B.owner/1", "lib/b.ex"],
      ["B.owner/1", "Shop.Repo.get/2", "lib/b.ex"],
    ]);
    expect(traceEffect(project, "A.run/1", "mail")).toEqual([]);
  });

  test("functions that call each other in a circle end, each with the nearest cause", () => {
    const project = projectFrom({
      "lib/repo.ex": repository,
      "lib/a.ex":
        "defmodule A do\n  def one(x), do: two(x)\n  def two(x), do: {one(x), three(x)}\n  def three(x), do: {two(x), Shop.Repo.all(x)}\nend\n",
    });
    expect(traceEffect(project, "A.one/1", "query").map((step) => step.call)).toEqual(["A.two/1", "A.three/1", "Shop.Repo.all/1"]);
    expect(traceEffect(project, "A.three/1", "query")).toHaveLength(1);
  });

  test("the effects inside a loop's body are told apart from those around it", () => {
    const project = projectFrom({
      "lib/repo.ex": repository,
      "lib/a.ex":
        "defmodule A do\n  def run do\n    for user <- Shop.Repo.all(User), do: name(user)\n  end\n  defp name(user), do: Shop.Repo.preload(user, :owner)\nend\n",
    });
    const body = project.functions.get("A.run/0")?.facts.clauses[0]?.body;
    const [loop] = body ? loopsIn(body) : [];
    const sites = effectsWithin(project, "A.run/0", loop?.body.span ?? { start: 0, end: 0 });
    expect(sites.map(({ effect, call, callee }) => ({ effect, call, callee }))).toEqual([
      { effect: "query", call: "A.name/1", callee: "A.name/1" },
    ]);
  });
});

describe("repositoryCall", () => {
  test("a repository whose file is not there is known by being called", () => {
    const project = projectFrom({ "lib/a.ex": "defmodule A do\n  def run, do: Core.Repo.all(User)\nend\n" });
    expect([...project.repositoryModules]).toEqual(["Core.Repo"]);
  });

  function operationOf(code: string): unknown {
    const project = projectFrom({
      "lib/repo.ex": repository,
      "lib/a.ex": `defmodule A do\n  alias Shop.Repo\n  @repo Repo\n  def run(x, repo), do: ${code}\nend\n`,
    });
    const body = project.functions.get("A.run/2")?.facts.clauses[0]?.body;
    const calls: Call[] = body ? collect(body, "call") : [];
    return calls.map((call) => repositoryCall(project, call)).find((found) => found !== null) ?? null;
  }

  test.each([
    ["Repo.get!(User, x)", { operation: "read", name: "get!", repository: "Shop.Repo" }],
    ["x |> Repo.preload(:posts)", { operation: "preload", name: "preload", repository: "Shop.Repo" }],
    ["Repo.fetch(x)", { operation: "read", name: "fetch", repository: "Shop.Repo" }],
    ["Repo.replica().all(x)", { operation: "read", name: "all", repository: "Shop.Repo" }],
    ["repo.insert(x)", { operation: "write", name: "insert", repository: null }],
    ["@repo.update(x)", { operation: "write", name: "update", repository: null }],
    ['Ecto.Adapters.SQL.query!(Repo, "select 1")', { operation: "raw", name: "query!", repository: null }],
    ["Repo.config()", null],
    ["Map.get(x, :a)", null],
  ])("%s is %j", (code, expected) => {
    expect(operationOf(code)).toEqual(expected);
  });
});
