import { describe, expect, it } from "vitest";
import { proveFormatted, settingsFor } from "../../src/fixes/formatted.js";
import type { Formatted } from "../../src/model/ports.js";

const prove = (before: string | null, after: string, answer: Formatted, path = "lib/shop.ex") =>
  proveFormatted({ path, before, after }, null, async () => answer);
const formatted = (text: string): Formatted => ({ kind: "formatted", text });

describe("the formatting of a patch", () => {
  it("is right when the formatter leaves the lines it writes", async () => {
    expect(await prove("a\nb\n", "a\nc\n", formatted("a\nc\n"))).toEqual({ answer: "yes" });
  });

  it("is not judged by lines that stood before", async () => {
    expect(await prove("a( )\nb\n", "a( )\nc\n", formatted("a()\nc\n"))).toEqual({ answer: "yes" });
  });

  it("is wrong when a written line would be written another way", async () => {
    expect(await prove("a\nb\n", "a\nc( )\n", formatted("a\nc()\n"))).toEqual({
      answer: "no",
      why: "the formatter would write line 2 another way",
    });
  });

  it("is wrong when a blank line is missing after a written one", async () => {
    expect(await prove("a\nd\n", "a\nc\nd\n", formatted("a\nc\n\nd\n"))).toMatchObject({ answer: "no" });
  });

  it("is wrong when Elixir cannot parse it, and not run where there is no Elixir", async () => {
    expect(await prove(null, "x", { kind: "unreadable", why: "syntax error\nmore" })).toEqual({
      answer: "no",
      why: "Elixir cannot parse it: syntax error",
    });
    expect(await prove(null, "x", { kind: "unavailable", why: "Elixir is not installed here" })).toMatchObject({ answer: "not run" });
    expect(await prove(null, "x", formatted("x"), "lib/page.html.heex")).toMatchObject({ answer: "not run" });
  });
});

it("takes the settings that stand nearest above the file", () => {
  const texts = new Map([
    [".formatter.exs", "root"],
    ["apps/web/.formatter.exs", "web"],
  ]);
  const textOf = (path: string): string | null => texts.get(path) ?? null;
  expect(settingsFor("apps/web/lib/page.ex", textOf)).toBe("web");
  expect(settingsFor("apps/data/lib/page.ex", textOf)).toBe("root");
});
