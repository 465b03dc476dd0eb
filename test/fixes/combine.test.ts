import { describe, expect, it } from "vitest";
import { combinePatches } from "../../src/fixes/combine.js";
import type { Patch } from "../../src/model/patch.js";

const notRun = { answer: "not run", why: "not asked" } as const;
const proof = {
  applied: notRun,
  parsed: notRun,
  findingGone: notRun,
  noNewFinding: notRun,
  formatted: notRun,
  compiled: notRun,
  tested: notRun,
};

function patchOf(title: string, before: string | null, after: string, path = "lib/shop.ex"): Patch {
  return { path, before, after, diff: "", title, kind: "implementation", findings: [], proof };
}

const text = "a\nb\nc\nd\n";

describe("patches of one file", () => {
  it("are put together where they change other lines, those that moved included", () => {
    const { files, left } = combinePatches([patchOf("top", text, "new\na\nb\nc\nd\n"), patchOf("end", text, "a\nb\nC\nd\n")]);
    expect(files).toEqual([{ path: "lib/shop.ex", before: text, after: "new\na\nb\nC\nd\n" }]);
    expect(left).toEqual([]);
  });

  it("are left where an earlier one changes the same line, or fills the same gap", () => {
    const patches = [patchOf("first", text, "a\nB\nc\nd\n"), patchOf("second", text, "a\nBB\nc\nd\n")];
    expect(combinePatches(patches)).toMatchObject({ files: [{ after: "a\nB\nc\nd\n" }], left: [{ title: "second" }] });
    const gaps = [patchOf("first", text, "x\na\nb\nc\nd\n"), patchOf("second", text, "y\na\nb\nc\nd\n")];
    expect(combinePatches(gaps)).toMatchObject({ files: [{ after: "x\na\nb\nc\nd\n" }], left: [{ title: "second" }] });
  });

  it("say the same thing once, as two that need one import", () => {
    const patches = [
      patchOf("first", text, "import\nA\nb\nc\nd\n".replace("A", "a").replace("c", "C")),
      patchOf("second", text, "import\na\nb\nc\nD\n"),
    ];
    expect(combinePatches(patches).files).toEqual([{ path: "lib/shop.ex", before: text, after: "import\na\nb\nC\nD\n" }]);
  });
});

it("leaves a patch whole, where one of its files clashes", () => {
  const both = { ...patchOf("both", null, "x\n", "lib/new.ex"), further: [{ path: "lib/shop.ex", before: text, after: "A\nb\nc\nd\n" }] };
  const { files, left } = combinePatches([patchOf("first", text, "AA\nb\nc\nd\n"), both]);
  expect(files.map(({ path }) => path)).toEqual(["lib/shop.ex"]);
  expect(left).toEqual([both]);
});
