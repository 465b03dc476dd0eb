import { describe, expect, test } from "vitest";
import { fits } from "../../src/project/outcomes/fits.js";
import { writtenShape, type Outcome } from "../../src/project/outcomes/shapes.js";
import { outcomeSites, outcomesOf } from "../../src/project/outcomes/sites.js";
import { mayMeetRefusal } from "../../src/project/outcomes/may-refuse.js";
import { projectFrom } from "../support/project.js";

const repository = { "lib/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n" };

function shop(functions: string) {
  return projectFrom({
    ...repository,
    "lib/shop.ex": `defmodule Shop do
  alias Shop.{Order, Repo}
${functions}
end
`,
  });
}

/** What a function gives, as people write it; `?` behind what only might happen. */
function given(functions: string, id: string): string[] {
  const project = shop(functions);
  const target = project.functions.get(id);
  if (target === undefined) throw new Error(`There is no ${id}.`);
  return outcomesOf(project, target).map(told);
}

function told({ shape, sure }: Outcome): string {
  return `${writtenShape(shape)}${sure ? "" : "?"}`;
}

describe("what a function gives", () => {
  test("is what its arms give, those that nothing reaches left out", () => {
    expect(
      given(
        `def find(id) do
    case Repo.get(Order, id) do
      nil -> {:error, :not_found}
      {:ok, order} -> order
      order -> {:ok, order}
    end
  end`,
        "Shop.find/1",
      ),
    ).toEqual(["{:error, :not_found}", "{:ok, a struct}"]);
  });

  test("is what falls through a with, and what its else makes of that", () => {
    const steps = `with {:ok, body} <- File.read(path), {:ok, value} <- Jason.decode(body)`;
    expect(given(`def load(path) do\n    ${steps} do\n      value.x\n    end\n  end`, "Shop.load/1")).toEqual([
      "_?",
      "{:error, _}",
      "{:error, %Jason.DecodeError{}}",
    ]);
    expect(
      given(
        `def load(path) do\n    ${steps} do\n      :ok\n    else\n      {:error, %Jason.DecodeError{}} -> :bad\n      {:error, _} -> :unread\n    end\n  end`,
        "Shop.load/1",
      ),
    ).toEqual([":ok", ":bad", ":unread"]);
  });

  test("is followed through project functions, variables and pipes", () => {
    expect(
      given(
        `def save(attrs) do
    changeset = Order.changeset(%Order{}, attrs)
    changeset |> Repo.insert() |> told()
  end

  defp told(result), do: result
  def both(attrs), do: store(attrs)
  defp store(attrs) do
    result = %Order{} |> Ecto.Changeset.cast(attrs, [:x]) |> Repo.insert()
    result
  end`,
        "Shop.both/1",
      ),
    ).toEqual(["{:ok, a struct}", "{:error, %Ecto.Changeset{}}"]);
  });

  test("does not count writes of bare structs and plain changes as refused", () => {
    expect(given("def add, do: Repo.insert(%Order{})", "Shop.add/0")).toEqual(["{:ok, a struct}", "{:error, %Ecto.Changeset{}}?"]);
    expect(given("def pay(order), do: order |> Ecto.Changeset.change(paid: true) |> Repo.update()", "Shop.pay/1")).toEqual([
      "{:ok, a struct}",
      "{:error, %Ecto.Changeset{}}?",
    ]);
  });

  test("leaves to the caller what is chosen by the arguments alone", () => {
    expect(
      given("def kind(value) do\n    case value do\n      :a -> :ok\n      _ -> {:error, :unknown}\n    end\n  end", "Shop.kind/1"),
    ).toEqual([":ok?", "{:error, :unknown}?"]);
    expect(given("def told({:error, _} = error), do: {:error, {:wrapped, error}}\n  def told(other), do: other", "Shop.told/1")).toContain(
      "{:error, {:wrapped, {:error, _}}}",
    );
  });

  test("leaves out what raises, and is unknown where the code does not tell", () => {
    expect(given('def fetch!(id), do: Repo.get(Order, id) || raise("gone")', "Shop.fetch!/1")).toEqual(["a struct"]);
    expect(given("def ask(client), do: client.get()", "Shop.ask/1")).toEqual(["_?"]);
    expect(given("def again(n), do: if(n == 0, do: other(n), else: :done)\n  def other(n), do: again(n)", "Shop.again/1")).toContain("_?");
  });

  test("is the value or nothing of an if, and narrowed inside it", () => {
    expect(given("def name(id) do\n    if order = Repo.get(Order, id) do\n      order\n    end\n  end", "Shop.name/1")).toEqual([
      "a struct",
      "nil",
    ]);
  });

  test("of a transaction depends on what it is given", () => {
    expect(given("def run, do: Repo.transaction(fn -> Repo.rollback(:no) end)", "Shop.run/0")).toEqual(["{:ok, _}", "{:error, _}"]);
    expect(given("def run, do: Ecto.Multi.new() |> Repo.transaction()", "Shop.run/0")).toEqual(["{:ok, _}", "{:error, _, _, _}"]);
  });
});

describe("patterns", () => {
  /** How the pattern of a match fits each outcome of its value. */
  function fit(code: string): string[] {
    const project = shop(`def run(id) do\n    ${code}\n  end`);
    const target = project.functions.get("Shop.run/1");
    const [site] = target?.facts.clauses.flatMap((clause) => outcomeSites(project, target, clause)) ?? [];
    if (site?.kind !== "match") throw new Error("There is no match.");
    return site.outcomes().map(({ shape }) => fits(site.match.pattern, shape));
  }

  test("take a value always, never, or depending on what is not known", () => {
    expect(fit("{:ok, x} = Repo.get(Order, id)")).toEqual(["never", "never"]);
    expect(fit("%Order{} = Repo.get(Order, id)")).toEqual(["maybe", "never"]);
    expect(fit("{:ok, x} = Repo.one(Order)")).toEqual(["never", "never"]);
    expect(fit("{a, b} = Repo.one(Order)")).toEqual(["maybe", "never"]);
    expect(fit("{:ok, x} = File.read(id)")).toEqual(["always", "never"]);
    expect(fit("[x] = [id]")).toEqual(["always"]);
    expect(fit("[x, y] = [id]")).toEqual(["never"]);
    expect(fit("{:error, %Ecto.Changeset{}} = Jason.decode(id)")).toEqual(["never", "never"]);
    expect(fit('"a" <> rest = File.read!(id)')).toEqual(["maybe"]);
  });
});

test("functions that may meet a refusal are told from names, callers included", () => {
  const project = shop(`def find(id), do: Repo.get(Order, id)
  def shown(id), do: find(id)
  def plain(id), do: id + 1`);
  expect([...mayMeetRefusal(project)].sort()).toEqual(["Shop.find/1", "Shop.shown/1"]);
});
