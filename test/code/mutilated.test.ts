import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenOf, walk } from "../../src/model/walk.js";
import { factsOf, rootsOf } from "./support.js";

const folder = "test/fixtures/code";

/** A file with a stretch cut out of it, or doubled. */
function mutilated(text: string) {
  return fc
    .record({
      at: fc.nat(text.length),
      length: fc.nat(60),
      insert: fc.constantFrom("", "end", "do", "{", "}", '"', "<%= ", "%>", "<.x", "\\", "#{", "->"),
    })
    .map(({ at, length, insert }) => text.slice(0, at) + insert + text.slice(at + length));
}

describe("a mutilated file", () => {
  it.each(["constructs.ex", "page.html.heex"])("still gives facts whose spans lie in it and in each other (%s)", (name) => {
    const whole = readFileSync(`${folder}/${name}`, "utf8");
    fc.assert(
      fc.property(mutilated(whole), (text) => {
        const facts = factsOf(text, name);
        for (const { start, end } of facts.damage) expect(start <= end && end <= text.length).toBe(true);
        for (const root of rootsOf(facts)) {
          walk(root, (parent) => {
            for (const { span } of childrenOf(parent)) {
              expect([span.start >= parent.span.start, span.end <= parent.span.end, span.start <= span.end]).toEqual([true, true, true]);
            }
          });
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
