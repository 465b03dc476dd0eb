import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../../src/shell/data/package-root.js";
import { createFormatter } from "../../../src/shell/elixir/formatter.js";

const hasElixir = spawnSync("elixir", ["--version"]).status === 0;
const formatter = createFormatter({ root: packageRoot() });
afterAll(() => formatter.close());

const formatted = (text: string, before: string | null = null, settings: string | null = null) =>
  formatter.format({ text, before, settings });

describe.skipIf(!hasElixir)("Elixir's formatter (skipped where Elixir is not installed)", () => {
  it("formats several texts in one process, in order", async () => {
    const texts = ["x=1\n", "foo  = bar(1,2)\n", "add :a,  :b\n"];
    expect(await Promise.all(texts.map((text) => formatted(text)))).toEqual([
      { kind: "formatted", text: "x = 1\n" },
      { kind: "formatted", text: "foo = bar(1, 2)\n" },
      { kind: "formatted", text: "add :a, :b\n" },
    ]);
  });

  it("lets a call go without parentheses only where the text had it so, or the settings say so", async () => {
    expect(await formatted("speak 1\n")).toEqual({ kind: "formatted", text: "speak(1)\n" });
    expect(await formatted("speak 1\n", "speak 2\n")).toEqual({ kind: "formatted", text: "speak 1\n" });
    expect(await formatted("speak 1\n", null, "[locals_without_parens: [speak: 1]]")).toEqual({ kind: "formatted", text: "speak 1\n" });
  });

  it("reads the settings without running them", async () => {
    const settings = `[line_length: 20, inputs: [System.halt(1)]]`;
    expect(await formatted("foo(aaaaaaaa, bbbbbbbbbbb)\n", null, settings)).toMatchObject({
      text: "foo(\n  aaaaaaaa,\n  bbbbbbbbbbb\n)\n",
    });
  });

  it("says what Elixir cannot parse, and goes on", async () => {
    expect(await formatted("def (\n")).toMatchObject({ kind: "unreadable" });
    expect(await formatted("é = 1\n")).toEqual({ kind: "formatted", text: "é = 1\n" });
  });
});

it("answers that Elixir is not there where it is not", async () => {
  const missing = createFormatter({ root: packageRoot(), command: "elixir-that-is-not-there" });
  expect(await missing.format({ text: "x = 1\n", before: null, settings: null })).toEqual({
    kind: "unavailable",
    why: "Elixir is not installed here",
  });
  missing.close();
});
