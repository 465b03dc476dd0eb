import { describe, expect, it } from "vitest";
import { formatPatch } from "../../src/fixes/formatted.js";
import type { Patch } from "../../src/model/patch.js";
import type { FormatElixir, Formatted } from "../../src/model/ports.js";

const notRun = { answer: "not run", why: "not asked" } as const;

function patchOf(before: string | null, after: string, path = "lib/shop.ex"): Patch {
  const proof = {
    applied: notRun,
    parsed: notRun,
    findingGone: notRun,
    noNewFinding: notRun,
    formatted: notRun,
    compiled: notRun,
    tested: notRun,
  };
  return { path, before, after, diff: "", title: "Change it", kind: "implementation", findings: [], proof };
}

const format = (patch: Patch, answer: Formatted): Promise<Patch> =>
  formatPatch(
    patch,
    () => null,
    async () => answer,
  );
const formatted = (text: string): Formatted => ({ kind: "formatted", text });

describe("the formatting of a patch", () => {
  it("is right when the formatter leaves the lines it writes", async () => {
    const patch = await format(patchOf("a\nb\n", "a\nc\n"), formatted("a\nc\n"));
    expect(patch).toMatchObject({ after: "a\nc\n", proof: { formatted: { answer: "yes" } } });
  });

  it("leaves lines that stood before as they are", async () => {
    const patch = await format(patchOf("a( )\nb\n", "a( )\nc\n"), formatted("a()\nc\n"));
    expect(patch).toMatchObject({ after: "a( )\nc\n", proof: { formatted: { answer: "yes" } } });
  });

  it("sets the lines it writes as the formatter would", async () => {
    const patch = await format(patchOf("x( )\na\nb\n", "x( )\na\nc(1, 2)\n"), formatted("x()\na\nc(\n  1,\n  2\n)\n"));
    expect(patch.after).toBe("x( )\na\nc(\n  1,\n  2\n)\n");
    expect(patch.diff).toContain("-b\n+c(\n+  1,\n+  2\n+)\n");
  });

  it("puts in the blank line that the formatter wants after a written one", async () => {
    const patch = await format(patchOf("a\nd\n", "a\nc\nd\n"), formatted("a\nc\n\nd\n"));
    expect(patch.after).toBe("a\nc\n\nd\n");
  });

  it("is refused when Elixir cannot parse it, and not run where there is no Elixir", async () => {
    expect((await format(patchOf(null, "x"), { kind: "unreadable", why: "syntax error\nmore" })).proof.formatted).toEqual({
      answer: "no",
      why: "Elixir cannot parse it: syntax error",
    });
    const missing = { kind: "unavailable", why: "Elixir is not installed here" } as const;
    expect((await format(patchOf(null, "x"), missing)).proof.formatted).toEqual({ answer: "not run", why: missing.why });
    expect((await format(patchOf(null, "x", "lib/page.html.heex"), formatted("x"))).proof.formatted.answer).toBe("not run");
  });

  it("follows the settings that stand nearest above each of its files", async () => {
    const texts = new Map([
      [".formatter.exs", "root"],
      ["apps/web/.formatter.exs", "web"],
    ]);
    const asked: (string | null)[] = [];
    const remember: FormatElixir = async ({ text, settings }) => {
      asked.push(settings);
      return formatted(text);
    };
    const patch = {
      ...patchOf(null, "x\n", "apps/web/lib/page.ex"),
      further: [{ path: "apps/data/lib/row.ex", before: null, after: "y\n" }],
    };
    await formatPatch(patch, (path) => texts.get(path) ?? null, remember);
    expect(asked).toEqual(["web", "root"]);
  });
});
