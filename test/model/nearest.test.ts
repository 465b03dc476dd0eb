import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, listed, nearest } from "../../src/model/nearest.js";
import { isSourcePath } from "../../src/model/tree.js";

describe("edit distance", () => {
  it.each([
    ["", "", 0],
    ["kitten", "sitting", 3],
    ["main", "mian", 2],
    ["abc", "", 3],
  ])("of %j and %j is %i", (one, other, distance) => {
    expect(editDistance(one, other)).toBe(distance);
  });

  it("is the same both ways, and nothing exactly for equal words", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other) === 0).toBe(one === other);
      }),
    );
  });
});

describe("the nearest names", () => {
  it("are those that contain the word, then those a few edits away, never unlike ones", () => {
    expect(nearest("order", ["ordres", "line_items", "orders", "Order"])).toEqual(["Order", "orders", "ordres"]);
    expect(nearest("Shop.Sesion", ["Shop", "Shop.Sessions", "Shop.Session"])).toEqual(["Shop.Session", "Shop.Sessions"]);
    expect(nearest("order", ["billing", "accounts"])).toEqual([]);
  });

  it("are listed as a person would", () => {
    expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a or b", "a, b or c"]);
  });
});

describe("a source path", () => {
  it.each(["lib/a.ex", "mix.exs", "lib/a.html.heex", "a.eex", "a.leex", "apps/deps_web/lib/a.ex"])("is %s", (path) => {
    expect(isSourcePath(path)).toBe(true);
  });

  it.each(["deps/a/a.ex", "apps/x/_build/a.ex", "assets/node_modules/p/a.ex", "a.py", "README.md", "lib/aex"])("is not %s", (path) => {
    expect(isSourcePath(path)).toBe(false);
  });
});
