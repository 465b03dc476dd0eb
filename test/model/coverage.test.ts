import { describe, expect, test } from "vitest";
import { parseCoverage } from "../../src/model/coverage.js";

describe("a coverage export", () => {
  test("of excoveralls gives runs by line, lines without code left out", () => {
    const text = JSON.stringify({ source_files: [{ name: "lib/shop.ex", coverage: [null, 3, 0], source: "…" }] });
    expect(parseCoverage(text)).toEqual(
      new Map([
        [
          "lib/shop.ex",
          new Map([
            [2, 3],
            [3, 0],
          ]),
        ],
      ]),
    );
  });

  test("of lcov adds up what several records say of a line", () => {
    const text = "TN:\nSF:/build/lib/shop.ex\nDA:2,1\nDA:3,0\nend_of_record\nDA:9,9\nSF:/build/lib/shop.ex\nDA:2,4\nend_of_record\n";
    expect(parseCoverage(text)).toEqual(
      new Map([
        [
          "/build/lib/shop.ex",
          new Map([
            [2, 5],
            [3, 0],
          ]),
        ],
      ]),
    );
  });

  test("is refused when it is neither, is broken or names no file", () => {
    for (const text of ["", "{", "[]", '{"source_files":[]}', '{"source_files":[{"name":"a","coverage":["x"]}]}', "SF", "hello"]) {
      expect(parseCoverage(text), text).toBeNull();
    }
  });
});
