import { describe, expect, it } from "vitest";
import { expressionOf, outline } from "../support.js";

describe("control flow", () => {
  it("gives if and unless their condition and branches, however they are written", () => {
    expect(outline("if x do\n  1\nelse\n  2\nend")).toBe("if x {do  -> 1; else  -> 2}");
    expect(outline("if x, do: 1, else: 2")).toBe("if x {do  -> 1; else  -> 2}");
    expect(outline("unless(x, do: 1)")).toBe("unless x {do  -> 1}");
  });

  it("gives case its patterns and guards", () => {
    expect(outline("case x do\n  {:ok, y} when y > 1 -> y\n  _ -> nil\nend")).toBe("case x {{:ok, y} when (y > 1) -> y; _ -> nil}");
  });

  it("makes each condition of cond the pattern of its clause", () => {
    expect(outline("cond do\n  x > 1 -> :big\n  true -> :small\nend")).toBe("cond {(x > 1) -> :big; true -> :small}");
  });

  it("gives with its steps in order", () => {
    expect(outline("with {:ok, a} when is_map(a) <- f(x),\n     b = a.b,\n     :ok <- g(b) do\n  b\nelse\n  {:error, e} -> e\nend")).toBe(
      "with {:ok, a} when is_map(a) <- f(x), b = a.b, :ok <- g(b) {do  -> b; else {:error, e} -> e}",
    );
  });

  it("gives try its parts by role", () => {
    expect(
      outline("try do\n  run()\nrescue\n  e in Boom -> e\n  Other -> 1\ncatch\n  :exit, r -> r\nelse\n  x -> x\nafter\n  close()\nend"),
    ).toBe("try {do  -> run(); rescue (e in Boom) -> e; rescue Other -> 1; catch :exit, r -> r; else x -> x; after  -> close()}");
  });

  it("gives receive its messages and its timeout", () => {
    expect(outline("receive do\n  {:done, x} -> x\nafter\n  100 -> nil\nend")).toBe("receive {{:done, x} -> x; after 100 -> nil}");
  });

  it("gives comprehensions generators, filters, options and body", () => {
    expect(outline("for x <- xs, y <- x.ys, y > 1, into: %{}, do: {x, y}")).toBe("for x <- xs, y <- x.ys, (y > 1), [into: %{}] {{x, y}}");
    expect(outline("for %{a: a} when a > 1 <- xs do\n  a\nend")).toBe("for %{:a => a} <- xs, (a > 1) {a}");
    expect(outline("for <<byte <- data>>, do: byte")).toBe("for <<byte>> <- data {byte}");
    expect(outline("for x <- xs, reduce: 0 do\n  sum -> sum + x\nend")).toBe("for x <- xs, [reduce: 0] {fn sum -> (sum + x) end}");
  });

  it("points at the keyword", () => {
    const text = "x |> case do\n  1 -> 2\nend";
    const branch = expressionOf(text);
    if (branch.kind !== "branch") throw new Error(branch.kind);
    expect(text.slice(branch.nameSpan.start, branch.nameSpan.end)).toBe("case");
    expect(text.slice(branch.span.start, branch.span.end)).toBe(text);
  });

  it("spans a clause from its pattern to the end of its body", () => {
    const text = "case x do\n  :a ->\n    one()\n    two()\n\n  :b -> 3\nend";
    const branch = expressionOf(text);
    if (branch.kind !== "branch") throw new Error(branch.kind);
    expect(branch.clauses.map(({ span }) => text.slice(span.start, span.end))).toEqual([":a ->\n    one()\n    two()", ":b -> 3"]);
  });

  it("keeps the clauses of fn", () => {
    expect(outline("fn\n  {:ok, x}, _ when x > 1 -> x\n  _, _ -> nil\nend")).toBe("fn {:ok, x}, _ when (x > 1) -> x; _, _ -> nil end");
    expect(outline("fn -> 1 end")).toBe("fn  -> 1 end");
  });
});
