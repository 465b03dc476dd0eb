import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeFacts, encodeFacts } from "../../src/code/codec/facts.js";
import { extractFacts } from "../../src/code/extract.js";
import type { Facts } from "../../src/model/facts.js";
import { shapesOf } from "../../src/model/likeness/shapes.js";
import { outlineOfBody, outlineOfClause, outlineOfTopLevel, type BodyOutline } from "../../src/model/outline.js";
import type { ParseSource } from "../../src/model/ports.js";
import { createParser } from "../../src/shell/grammars/parser.js";
import { plainFacts } from "../support/plain-facts.js";

let parse: ParseSource;
beforeAll(async () => {
  parse = await createParser();
});

function again(facts: Facts): Facts {
  const bytes = encodeFacts(facts);
  if (bytes === null) throw new Error(`${facts.path} cannot be encoded`);
  return decodeFacts(bytes);
}

function plainBody(outline: BodyOutline): BodyOutline {
  const { distinct, calls, modules, structs, strings, comprehension, attempt, interpolation, hasBody } = outline;
  return { distinct, calls, modules, structs, strings, comprehension, attempt, interpolation, hasBody };
}

function outlinesOf(facts: Facts): unknown[] {
  const ofModules = facts.modules.flatMap((module) => [
    plainBody(outlineOfBody(module)),
    ...module.functions.flatMap((definition) => definition.clauses.map(outlineOfClause)),
  ]);
  return [outlineOfTopLevel(facts), ...ofModules];
}

const fixtures = join(import.meta.dirname, "../fixtures");
const files = readdirSync(fixtures, { recursive: true, encoding: "utf8" }).filter((path) => /\.(exs?|heex|eex)$/.test(path));

describe("facts that were encoded and decoded", () => {
  test("are equal for every fixture, and so are their outlines and shapes", () => {
    expect(files.length).toBeGreaterThan(10);
    for (const path of files) {
      const facts = extractFacts(path, readFileSync(join(fixtures, path), "utf8"), parse);
      const decoded = again(facts);
      expect(outlinesOf(decoded)).toEqual(outlinesOf(facts));
      expect(shapesOf(decoded)).toEqual(shapesOf(facts));
      expect(plainFacts(decoded)).toEqual(facts);
    }
  });

  test("are equal for fixtures cut and glued at any place", () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.constantFrom(...files), fc.nat(4_000), fc.nat(4_000), (one, other, upTo, from) => {
        const text = readFileSync(join(fixtures, one), "utf8").slice(0, upTo) + readFileSync(join(fixtures, other), "utf8").slice(from);
        const facts = extractFacts("lib/cut.ex", text, parse);
        expect(plainFacts(again(facts))).toEqual(facts);
      }),
      { numRuns: 40 },
    );
  });

  test("keep texts of every script and every length", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 200 }), { maxLength: 20 }), (texts) => {
        const comments = texts.map((text, at) => ({ text, span: { start: at * 1_000_000, end: at * 1_000_000 + text.length } }));
        const facts: Facts = {
          path: "lib/a.ex",
          language: "elixir",
          lines: 1,
          lineStarts: [0],
          modules: [],
          topLevel: [],
          comments,
          damage: [],
        };
        expect(plainFacts(again(facts))).toEqual(facts);
      }),
    );
  });

  test("give the very bytes they came from", () => {
    const bytes = encodeFacts(extractFacts("lib/a.ex", "defmodule A do\n  def b, do: C.d()\nend\n", parse)) ?? new Uint8Array();
    expect(encodeFacts(decodeFacts(bytes))).toBe(bytes);
  });
});

test("bytes that are no facts are refused", () => {
  expect(() => decodeFacts(new TextEncoder().encode("no facts at all"))).toThrow();
});
