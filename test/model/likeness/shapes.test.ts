import { beforeAll, describe, expect, test } from "vitest";
import { extractFacts } from "../../../src/code/extract.js";
import { shapesOf } from "../../../src/model/likeness/shapes.js";
import type { ParseSource } from "../../../src/model/ports.js";
import { createParser } from "../../../src/shell/grammars/parser.js";

let parse: ParseSource;
beforeAll(async () => {
  parse = await createParser();
});

/** The digests of the functions written in one module. */
function digests(code: string, path = "lib/a.ex"): number[] {
  const facts = extractFacts(path, `defmodule A do\n${code}\nend\n`, parse);
  return shapesOf(facts).map(({ digest }) => digest);
}

const total = `def total(order, rate) do
  sum = order.lines |> Enum.map(& &1.price) |> Enum.sum()
  if rate > 5, do: {:ok, sum * rate}, else: {:error, "rate"}
end`;

const told = `def tell(result, log) do
  case result do
    {:ok, value} -> log.info(value, "stored")
    {:error, reason} -> log.error(reason, "lost")
    :ignored -> log.debug("nothing to do", [])
  end
end`;

describe("shapes of functions", () => {
  test("are equal when only names of variables, texts and numbers differ", () => {
    const renamed = total
      .replaceAll("order", "cart")
      .replaceAll("sum = ", "all = ")
      .replaceAll("sum *", "all *")
      .replace("5", "7")
      .replace('"rate"', '"low"');
    expect(renamed).not.toBe(total);
    expect(digests(renamed)).toEqual(digests(total));
  });

  test("differ when another function is called, another field read or another atom given back", () => {
    const others = [total.replace("Enum.sum", "Enum.max"), total.replace(".price", ".cost"), total.replace(":error", ":wrong")];
    for (const other of others) expect(digests(other)).not.toEqual(digests(total));
  });

  test("differ when two variables change places", () => {
    expect(digests(total.replace("sum * rate", "rate * sum"))).not.toEqual(digests(total));
  });

  test("are equal when arms of a case that exclude each other stand in another order", () => {
    const [head, one, two, three, ...end] = told.split("\n").reduce<string[]>((lines, line) => [...lines, line], []);
    const start = [head, one].join("\n");
    expect(digests([start, end[0], three, two, ...end.slice(1)].join("\n"))).toEqual(digests(told));
  });

  test("differ when arms that may both fit stand in another order", () => {
    const first = `def pick(value, log) do\n  case value do\n    %{id: id} -> log.info(id, :known)\n    other -> log.error(other, :unknown)\n  end\nend`;
    const turned = `def pick(value, log) do\n  case value do\n    other -> log.error(other, :unknown)\n    %{id: id} -> log.info(id, :known)\n  end\nend`;
    expect(digests(first)).not.toEqual(digests(turned));
  });

  test("are none for tests, scripts, migrations and templates", () => {
    expect(digests(total, "test/support/a.ex")).toEqual([]);
    expect(digests(total, "priv/repo/migrations/1_a.exs")).toEqual([]);
    expect(digests(`def page(assigns) do\n  ~H"<h1>{@title}</h1> <p>{@text} {@more}</p> <p>{@a} {@b} {@c} {@d} {@e}</p>"\nend`)).toEqual(
      [],
    );
  });
});
