import { describe, expect, test } from "vitest";
import { processOf, supervisorsOf } from "../../src/project/supervisors-of.js";
import { projectFrom } from "../support/project.js";

const worker =
  "defmodule Shop.Worker do\n  use GenServer\n  def start_link(x), do: GenServer.start_link(__MODULE__, x)\n  def init(x), do: {:ok, x}\nend\n";

function supervisedBy(children: string, more: Record<string, string> = {}): number {
  const application = `defmodule Shop.Application do
  use Application
  alias Shop.Worker
  @extra [Shop.Nothing]
  def start(_type, _arguments) do
${children}
  end
end
`;
  return supervisorsOf(projectFrom({ "lib/worker.ex": worker, "lib/application.ex": application, ...more }), "Shop.Worker").length;
}

describe("processes", () => {
  test.each([
    "Supervisor.start_link([Worker], strategy: :one_for_one)",
    "children = [{Worker, name: :a}]\n    Supervisor.start_link(children, strategy: :one_for_one)",
    "Supervisor.start_link([%{id: :a, start: {Worker, :start_link, [1]}}], [])",
    "Supervisor.start_link([Supervisor.child_spec(Worker, id: :a)], [])",
    "Supervisor.start_link([Shop.Other] ++ if(true, do: [Worker], else: []), [])",
    "Supervisor.start_link([{PartitionSupervisor, child_spec: Worker, name: A}], [])",
    "Supervisor.start_link([Worker.child_spec(1)], [])",
    "Supervisor.start_link(children(), [])\n  end\n  defp children do\n    [{Worker, []}]",
  ])("a child is supervised: %s", (children) => {
    expect(supervisedBy(children)).toBeGreaterThan(0);
  });

  test("a child started on demand is supervised, and the supervisor itself is not its own child", () => {
    const project = projectFrom({
      "lib/worker.ex": worker,
      "lib/pool.ex": `defmodule Shop.Pool do
  use DynamicSupervisor
  def start_link(x), do: DynamicSupervisor.start_link(__MODULE__, x, name: __MODULE__)
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one)
  def add(x), do: DynamicSupervisor.start_child(__MODULE__, {Shop.Worker, x})
end
`,
    });
    expect(supervisorsOf(project, "Shop.Worker")).toHaveLength(1);
    expect(processOf(project, "Shop.Pool")).toMatchObject({ behaviour: "DynamicSupervisor", supervisedAt: [] });
  });

  test("a process that is started by hand alone is not supervised, and the place is known", () => {
    const source = "defmodule Shop.Cart do\n  def open(x) do\n    {:ok, pid} = Shop.Worker.start_link(x)\n    pid\n  end\nend\n";
    const process = processOf(projectFrom({ "lib/worker.ex": worker, "lib/cart.ex": source }), "Shop.Worker");
    expect(process).toMatchObject({ behaviour: "GenServer", supervisedAt: [], handedOnAt: [] });
    expect(process?.startedAt.map((place) => source.slice(place.span.start, place.span.end))).toEqual(["Shop.Worker.start_link(x)"]);
  });

  test("a process whose name is handed to a library may be started by it", () => {
    const project = projectFrom({ "lib/worker.ex": worker, "config/config.exs": "import Config\nconfig :lib, strategy: Shop.Worker\n" });
    expect(processOf(project, "Shop.Worker")?.handedOnAt.map((place) => place.path)).toEqual(["config/config.exs"]);
  });

  test("start_supervised in a test is no supervisor of the application", () => {
    const project = projectFrom({
      "lib/worker.ex": worker,
      "test/worker_test.exs":
        "defmodule Shop.WorkerTest do\n  use ExUnit.Case\n  setup do\n    start_supervised!({Shop.Worker, 1})\n    :ok\n  end\nend\n",
    });
    expect(processOf(project, "Shop.Worker")?.supervisedAt).toHaveLength(1);
    expect(supervisorsOf(project, "Shop.Worker")).toEqual([]);
  });

  test("behaviours reached through the project's own use are processes too", () => {
    const project = projectFrom({
      "lib/base.ex": "defmodule Shop.Base do\n  defmacro __using__(_) do\n    quote do\n      use GenServer\n    end\n  end\nend\n",
      "lib/a.ex": "defmodule Shop.A do\n  use Shop.Base\nend\n",
    });
    expect(processOf(project, "Shop.A")?.behaviour).toBe("GenServer");
  });

  test("library processes are known by the name they are given", () => {
    const project = projectFrom({
      "lib/application.ex":
        "defmodule Shop.Application do\n  use Application\n  def start(_, _), do: Supervisor.start_link([{Registry, keys: :unique, name: Shop.Registry}, {Task.Supervisor, name: Shop.Tasks}], [])\nend\n",
    });
    expect(project.processes.map(({ module, behaviour }) => [module, behaviour])).toEqual([
      ["Shop.Registry", "Registry"],
      ["Shop.Tasks", "Supervisor"],
    ]);
  });
});
