import { describe, expect, it } from "vitest";
import { factsOf, show } from "./support.js";

function functionsOf(text: string): string[] {
  return factsOf(text).modules.flatMap((module) => module.functions.map((one) => `${module.name}.${one.name}/${one.arity}`));
}

describe("damaged files", () => {
  it("still tell everything outside the damage", () => {
    const text = "defmodule A do\n  def f(x) do\n    Repo.all(User\n  end\n\n  def g(y), do: Repo.one(y)\nend\n";
    expect(functionsOf(text)).toEqual(["A.f/1", "A.g/1"]);
    expect(factsOf(text).damage).toHaveLength(1);
  });

  it("name the conflict markers and keep the functions around them", () => {
    const text = `defmodule A do
  def f(x) do
<<<<<<< HEAD
    Repo.all(x)
=======
    Repo.one(x)
>>>>>>> other
  end

  def g(y), do: y
end
`;
    const facts = factsOf(text);
    expect(functionsOf(text)).toEqual(["A.f/1", "A.g/1"]);
    expect(facts.damage.length).toBeGreaterThan(0);
    expect(facts.damage.every(({ start, end }) => start >= text.indexOf("<<<<") && end <= text.indexOf("other"))).toBe(true);
  });

  it("give a module without its end what follows its heading", () => {
    const text =
      "defmodule A do\n  alias X.Y\n  def f(x) do\n    x |>\n  end\n  def g(y) do\n    fn x -> Y.one(y)\n  end\n  def h(y), do: y\nend\n";
    expect(functionsOf(text)).toEqual(["A.f/1", "A.g/1", "A.h/1"]);
    expect(factsOf(text).modules[0]?.aliases).toEqual([{ short: "Y", name: "X.Y" }]);
  });

  it("return functions after one end too many to their module", () => {
    const text = "defmodule A do\n  def f(x) do\n    x\n  end\n  end\n\n  def g(y), do: y\nend\n";
    expect(functionsOf(text)).toEqual(["A.f/1", "A.g/1"]);
    expect(factsOf(text).damage.map(({ start, end }) => text.slice(start, end))).toEqual(["end"]);
  });

  it("find a function that a body without end swallowed", () => {
    expect(functionsOf("defmodule A do\n  def f(x) do\n    if x do\n      1\n  end\n\n  def g(y), do: y\nend\n")).toEqual([
      "A.f/1",
      "A.g/1",
    ]);
  });

  it.each([
    ["brackets", `x = ${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["open brackets", `x = ${"[".repeat(50_000)}`],
    ["pipe", `x${"\n|> f()".repeat(20_000)}`],
    ["modules", `${"defmodule A do\n".repeat(3_000)}${"end\n".repeat(3_000)}`],
    ["conditions in a module", `defmodule A do\n${"if x do\n".repeat(3_000)}${"end\n".repeat(3_000)}end`],
  ])("survive endless %s, naming what was not read", (_what, text) => {
    const facts = factsOf(text);
    expect(facts.damage.length).toBeGreaterThan(0);
    expect(() => JSON.stringify(facts)).not.toThrow();
  });

  it("count offsets in UTF-16 units, whatever the text holds", () => {
    const text = '\ufeffdefmodule A do\r\n\tdef f, do: "é😀" <> name(x)\r\nend\r\n';
    const facts = factsOf(text);
    const body = facts.modules[0]?.functions[0]?.clauses[0]?.body;
    expect(facts.damage).toEqual([]);
    expect(body && text.slice(body.span.start, body.span.end)).toBe('"é😀" <> name(x)');
    expect(body && show(body)).toBe('("é😀" <> name(x))');
  });

  it("keep comments with their places", () => {
    const text = "# first\nx = 1 # second\n";
    expect(factsOf(text, "a.exs").comments.map((comment) => comment.text)).toEqual(["# first", "# second"]);
  });
});
