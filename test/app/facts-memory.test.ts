import { expect, test } from "vitest";
import { rememberFacts } from "../../src/app/facts-memory.js";
import type { Facts } from "../../src/model/facts.js";
import type { FactsKey } from "../../src/model/ports.js";

function facts(path: string): Facts {
  return { path, language: "elixir", lines: 1, lineStarts: [0], modules: [], topLevel: [], comments: [], damage: [] };
}

const keyOf = (name: string): FactsKey => ({ blob: name, path: `${name}.ex` });

test("what was stored or loaded stays, the file met longest ago goes first, and what is missing is asked of the cache behind", async () => {
  const asked: string[][] = [];
  const behind = {
    load: async (keys: readonly FactsKey[]) => {
      asked.push(keys.map(({ blob }) => blob));
      return new Map(keys.filter(({ blob }) => blob === "old").map(({ path }) => [path, facts(path)]));
    },
    store: async () => undefined,
  };
  const cache = rememberFacts(behind, 2);
  await cache.store([{ key: keyOf("a"), facts: facts("a.ex") }]);
  expect([...(await cache.load([keyOf("a"), keyOf("old")])).keys()]).toEqual(["a.ex", "old.ex"]);
  await cache.load([keyOf("a")]);
  await cache.store([{ key: keyOf("c"), facts: facts("c.ex") }]);
  expect((await cache.load([keyOf("a"), keyOf("c")])).size).toBe(2);
  await cache.load([keyOf("old")]);
  expect(asked).toEqual([["old"], ["old"]]);
});
