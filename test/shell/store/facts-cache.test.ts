import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import type { Expression } from "../../../src/model/expression.js";
import type { Facts } from "../../../src/model/facts.js";
import { createFactsCache, type ClosableFactsCache, type FactsCacheOptions } from "../../../src/shell/store/facts-cache.js";

const opened: ClosableFactsCache[] = [];
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close();
});

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), "guard-facts-")), "facts.sqlite");
}

function open(path: string, options: Partial<FactsCacheOptions> = {}): ClosableFactsCache {
  const cache = createFactsCache({ path, extractorVersion: "1", ...options });
  opened.push(cache);
  return cache;
}

function facts(path: string, size = 0): Facts {
  const comments = [{ text: "x".repeat(size), span: { start: 0, end: size } }];
  return { path, language: "elixir", lineStarts: [0], modules: [], topLevel: [], comments, damage: [] };
}

const key = { blob: "b1", path: "lib/a.ex" };

describe("what was stored", () => {
  test("is found again by another process; another blob or path is a miss", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    const cache = open(path);
    const found = await cache.load([key, { blob: "b2", path: "lib/b.ex" }, { blob: "b1", path: "lib/copy.ex" }]);
    expect([...found]).toEqual([["lib/a.ex", facts("lib/a.ex")]]);
    expect((await cache.load([{ blob: "b2", path: "lib/a.ex" }])).size).toBe(0);
  });

  test("by another extractor is not used", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    expect((await open(path, { extractorVersion: "2" }).load([key])).size).toBe(0);
  });

  test("is found among more keys than one statement takes", async () => {
    const cache = open(newFile());
    const entries = Array.from({ length: 1_000 }, (_, at) => ({ key: { blob: `b${at}`, path: `f${at}.ex` }, facts: facts(`f${at}.ex`) }));
    await cache.store(entries);
    expect((await cache.load(entries.map((entry) => entry.key))).size).toBe(1_000);
  });

  test("makes room when the bound is passed: the oldest goes, the newest stays", async () => {
    const cache = open(newFile(), { maximumBytes: 10_000 });
    for (const name of ["a", "b", "c", "d"]) await cache.store([{ key: { blob: name, path: name }, facts: facts(name, 3_000) }]);
    const found = await cache.load(["a", "b", "c", "d"].map((name) => ({ blob: name, path: name })));
    expect([...found.keys()]).toEqual(["c", "d"]);
  });
});

test("facts nested too deep to be written are a miss, and the cache stays on", async () => {
  const cache = open(newFile());
  let nested: Expression = { kind: "list", elements: [], tail: null, span: { start: 0, end: 0 } };
  for (let depth = 0; depth < 200_000; depth += 1) nested = { ...nested, elements: [nested] } as Expression;
  const deep = { ...facts("deep.ex"), topLevel: [nested] };
  await cache.store([
    { key: { blob: "d", path: "deep.ex" }, facts: deep },
    { key, facts: facts("lib/a.ex") },
  ]);
  expect([...(await cache.load([{ blob: "d", path: "deep.ex" }, key])).keys()]).toEqual(["lib/a.ex"]);
});

describe("damage costs time and never an answer", () => {
  test("an entry that changed on disk is a miss, even when it still decodes", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    new SqliteDatabase(path).prepare("update facts set body = replace(body, 'elixir', 'python')").run();
    expect((await open(path).load([key])).size).toBe(0);
  });

  test("a file that is no database turns the cache off with one warning", async () => {
    const path = newFile();
    writeFileSync(path, "garbage ".repeat(1_000));
    const warnings: string[] = [];
    const cache = open(path, { warn: (sentence) => warnings.push(sentence) });
    await cache.store([{ key, facts: facts("lib/a.ex") }]);
    expect((await cache.load([key])).size).toBe(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/is not used \(.+\); delete the file/);
  });

  test("a file another process holds locked turns the cache off with one warning", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    const holder = new SqliteDatabase(path);
    holder.exec("begin exclusive");
    const warnings: string[] = [];
    const cache = open(path, { warn: (sentence) => warnings.push(sentence) });
    await cache.store([{ key: { blob: "b9", path: "z.ex" }, facts: facts("z.ex") }]);
    expect((await cache.load([key])).size).toBe(0);
    expect(warnings).toHaveLength(1);
    holder.close();
  });
});
