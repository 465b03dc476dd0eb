import { describe, expect, it } from "vitest";
import type { Expression } from "../../../src/model/expression.js";
import { collect } from "../../../src/model/walk.js";
import { expressionOf, outline } from "../support.js";

function callIn(text: string, name: string): Extract<Expression, { kind: "call" }> {
  const found = collect(expressionOf(text), "call").find((call) => call.function === name);
  if (found === undefined) throw new Error(`no call of ${name}`);
  return found;
}

describe("calls", () => {
  it("tells local, remote and dynamic calls and field reads apart", () => {
    expect(outline("run(1)")).toBe("run(1)");
    expect(outline("Repo.all")).toBe("Repo.all()");
    expect(outline(":timer.sleep(5)")).toBe(":timer.sleep(5)");
    expect(outline("module.run()")).toBe("module.run()");
    expect(expressionOf("user.name").kind).toBe("access");
    expect(expressionOf("module.run()").kind).toBe("call");
    expect(outline("callback.(1, 2)")).toBe("callback.(1, 2)");
    expect(outline("@repository.all(x)")).toBe("@repository.all(x)");
    expect(outline("map[:key].name")).toBe("map[:key].name");
  });

  it("gathers trailing pairs into one keyword argument", () => {
    expect(outline("Repo.all(User, timeout: 5, log: false)")).toBe("Repo.all(User, [timeout: 5, log: false])");
    expect(outline('plug :accepts, ["html"]')).toBe('plug(:accepts, ["html"])');
  });

  it("reads do: as the block it is", () => {
    expect(outline('test "a", do: run(1)')).toBe('test("a") do run(1) end');
    expect(outline("quote bind_quoted: [x: x], do: x")).toBe("quote([bind_quoted: [x: x]]) do x end");
  });

  it("keeps arrows under a macro as clauses", () => {
    expect(outline("assert_receive do\n  {:ok, x} -> x\n  _ -> nil\nend")).toBe("assert_receive() {{:ok, x} -> x; _ -> nil}");
  });
});

describe("pipes", () => {
  it("become first arguments", () => {
    expect(outline("User |> where(active: true) |> Repo.all()")).toBe("Repo.all(where(User, [active: true]))");
    expect(outline("x |> inspect |> IO.puts")).toBe("IO.puts(inspect(x))");
    expect(outline("x |> module.run(1)")).toBe("module.run(x, 1)");
    expect(outline("x |> (fn y -> y end).()")).toBe("fn y -> y end.(x)");
    expect(outline("x |> case do\n  1 -> 2\nend")).toBe("case x {1 -> 2}");
  });

  it("span what was written, with the segment and the callee apart", () => {
    const text = "User\n|> where(active: true)\n|> Repo.all()";
    const all = callIn(text, "all");
    expect(all.piped).toBe(true);
    expect(text.slice(all.span.start, all.span.end)).toBe(text);
    expect(text.slice(all.segment.start, all.segment.end)).toBe("Repo.all()");
    expect(text.slice(all.nameSpan.start, all.nameSpan.end)).toBe("Repo.all");
    const where = callIn(text, "where");
    expect(text.slice(where.span.start, where.span.end)).toBe("User\n|> where(active: true)");
  });
});

describe("captures", () => {
  it("name functions", () => {
    expect(outline("alias A.B\n&B.run/2")).toBe("alias(A.B)\n&A.B.run/2");
    expect(outline("&run/1")).toBe("&run/1");
    expect(outline("&Kernel.+/2")).toBe("&Kernel.+/2");
  });

  it("with placeholders become lambdas", () => {
    expect(outline("Enum.map(users, & &1.name)")).toBe("Enum.map(users, fn &1 -> &1.name end)");
    expect(outline("&Repo.get(User, &1)")).toBe("fn &1 -> Repo.get(User, &1) end");
    expect(outline("&(&1 + &2)")).toBe("fn &1, &2 -> (&1 + &2) end");
    expect(outline("&{&1, &2}")).toBe("fn &1, &2 -> {&1, &2} end");
    expect(outline("&(&1.total / 2)")).toBe("fn &1 -> (&1.total / 2) end");
  });
});
