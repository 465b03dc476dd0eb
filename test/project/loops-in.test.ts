import { describe, expect, test } from "vitest";
import type { Expression } from "../../src/model/expression.js";
import { loopsIn } from "../../src/project/loops-in.js";
import { projectFrom } from "../support/project.js";

function bodyOf(code: string): { body: Expression; text: (expression: Expression | null) => string } {
  const source = `defmodule A do\n  def run(users, conn) do\n    ${code}\n  end\nend\n`;
  const body = projectFrom({ "lib/a.ex": source }).functions.get("A.run/2")?.facts.clauses[0]?.body;
  if (body === null || body === undefined) throw new Error("no body");
  return { body, text: (expression) => (expression === null ? "" : source.slice(expression.span.start, expression.span.end)) };
}

describe("loopsIn", () => {
  test("finds a comprehension with its element, source and body", () => {
    const { body, text } = bodyOf("for user <- users, user.active, do: load(user)");
    const [loop] = loopsIn(body);
    expect(loop).toMatchObject({ form: "comprehension", batched: false });
    expect(loop?.patterns.map(text)).toEqual(["user"]);
    expect(text(loop?.source ?? null)).toBe("users");
    expect(text(loop?.body ?? null)).toBe("load(user)");
    expect(loop?.others.map(text)).toEqual(["user.active"]);
  });

  test("finds a piped Enum call and underlines it without its source", () => {
    const { body, text } = bodyOf("users |> Enum.map(fn %{id: id} -> load(id) end)");
    const [loop] = loopsIn(body);
    expect(loop?.form).toBe("enumeration");
    expect(loop?.patterns.map(text)).toEqual(["%{id: id}"]);
    expect(text(loop?.source ?? null)).toBe("users");
    expect(text(loop?.body ?? null)).toBe("load(id)");
    expect(loop?.span).toEqual(loop?.expression.kind === "call" ? loop.expression.segment : null);
  });

  test("takes a capture as the body", () => {
    const { body, text } = bodyOf("Enum.each(users, &load/1)");
    expect(text(loopsIn(body)[0]?.body ?? null)).toBe("&load/1");
  });

  test("keeps every clause's pattern of a lambda with several", () => {
    const { body, text } = bodyOf("Enum.map(users, fn\n  {:ok, a} -> a\n  other -> other\nend)");
    expect(loopsIn(body)[0]?.patterns.map(text)).toEqual(["{:ok, a}", "other"]);
  });

  test("tells tasks, streams and supervised tasks apart, and finds the source of each", () => {
    const { body, text } = bodyOf(
      "Task.async_stream(users, &f/1)\nStream.map(users, &f/1)\nTask.Supervisor.async_stream_nolink(Sup, users, &f/1)",
    );
    expect(loopsIn(body).map((loop) => [loop.form, text(loop.source)])).toEqual([
      ["tasks", "users"],
      ["stream", "users"],
      ["tasks", "users"],
    ]);
  });

  test("says when the elements are batches", () => {
    const { body } = bodyOf("users |> Enum.chunk_every(100) |> Enum.each(&insert_all/1)");
    expect(loopsIn(body).map((loop) => loop.batched)).toEqual([true]);
  });

  test("lists nested loops, outer ones first", () => {
    const { body } = bodyOf("Enum.map(users, fn user -> for post <- user.posts, do: post end)");
    expect(loopsIn(body).map((loop) => loop.form)).toEqual(["enumeration", "comprehension"]);
  });

  test("counts render_many as a loop over the view", () => {
    const { body, text } = bodyOf('render_many(users, UserView, "user.json")');
    expect(loopsIn(body).map((loop) => [loop.form, text(loop.source)])).toEqual([["template", "users"]]);
  });

  test("does not take a lambda that runs once for one that runs per element", () => {
    const { body } = bodyOf(
      "Map.update(users, :a, 1, fn x -> x end)\nTask.start(fn -> 1 end)\nEnum.count(users)\nMap.get_lazy(users, :a, fn -> 1 end)",
    );
    expect(loopsIn(body)).toEqual([]);
  });

  test("finds a template's loops in ~H", () => {
    const { body } = bodyOf('~H"""\n    <p :for={user <- @users}>{user.name}</p>\n    """');
    expect(loopsIn(body).map((loop) => loop.form)).toEqual(["template"]);
  });
});
