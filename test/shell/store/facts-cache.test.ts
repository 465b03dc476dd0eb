import { fork } from "node:child_process";
import { mkdtempSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { factsCodec } from "../../../src/code/codec/facts.js";
import type { Expression } from "../../../src/model/expression.js";
import type { Facts } from "../../../src/model/facts.js";
import { plainFacts } from "../../support/plain-facts.js";
import { createFactsCache, type ClosableFactsCache, type FactsCacheOptions } from "../../../src/shell/store/facts-cache.js";

const opened: ClosableFactsCache[] = [];
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close();
});

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), "guard-facts-")), "facts.sqlite");
}

function open(path: string, options: Partial<FactsCacheOptions> = {}): ClosableFactsCache {
  const cache = createFactsCache({ path, extractorVersion: "1", codec: factsCodec, ...options });
  opened.push(cache);
  return cache;
}

function facts(path: string, size = 0): Facts {
  const comments = [{ text: "x".repeat(size), span: { start: 0, end: size } }];
  return { path, language: "elixir", lines: 1, lineStarts: [0], modules: [], topLevel: [], comments, damage: [] };
}

const key = { blob: "b1", path: "lib/a.ex" };

describe("what was stored", () => {
  test("is found again by another process; another blob or path is a miss", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    const cache = open(path);
    const found = await cache.load([key, { blob: "b2", path: "lib/b.ex" }, { blob: "b1", path: "lib/copy.ex" }]);
    expect([...found].map(([name, value]) => [name, plainFacts(value)])).toEqual([["lib/a.ex", facts("lib/a.ex")]]);
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
    const stored = new SqliteDatabase(path);
    const body = stored.prepare<[], Buffer>("select body from facts").pluck().get() ?? Buffer.alloc(0);
    const changed = Buffer.from(body.toString("latin1").replace("lib/a.ex", "lib/b.ex"), "latin1");
    stored.prepare("update facts set body = ?").run(changed);
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

  test("a file cut short is a miss or turns the cache off, and what it still gives is right", async () => {
    const path = newFile();
    const entries = Array.from({ length: 50 }, (_, at) => ({
      key: { blob: `b${at}`, path: `f${at}.ex` },
      facts: facts(`f${at}.ex`, 2_000),
    }));
    const whole = open(path);
    await whole.store(entries);
    await whole.close();
    for (const kept of [0.9, 0.5, 0.1]) {
      truncateSync(path, Math.floor(statSync(path).size * kept));
      const cut = open(path, { warn: () => undefined });
      for (const [name, found] of await cut.load(entries.map((entry) => entry.key))) expect(plainFacts(found)).toEqual(facts(name, 2_000));
    }
  });

  test("a full disk turns the cache off with one clear sentence, and what was stored before is still right", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    const warnings: string[] = [];
    const cache = open(path, { warn: (sentence) => warnings.push(sentence), maximumFileBytes: 200_000 });
    const entries = Array.from({ length: 50 }, (_, at) => ({
      key: { blob: `b${at}`, path: `f${at}.ex` },
      facts: facts(`f${at}.ex`, 20_000),
    }));
    await cache.store(entries);
    expect(warnings).toEqual([expect.stringMatching(/is not used \(.*full.*\); delete the file/)]);
    expect([...(await open(path).load([key, ...entries.map((entry) => entry.key)])).keys()]).toEqual(["lib/a.ex"]);
  });

  test("two processes that store at once lose nothing of either", async () => {
    const path = newFile();
    const [one, other] = [open(path), open(path)];
    const named = (prefix: string) =>
      Array.from({ length: 300 }, (_, at) => ({
        key: { blob: `${prefix}${at}`, path: `${prefix}${at}.ex` },
        facts: facts(`${prefix}${at}.ex`),
      }));
    await Promise.all([one.store(named("a")), other.store(named("b")), one.store(named("c"))]);
    const keys = [...named("a"), ...named("b"), ...named("c")].map((entry) => entry.key);
    expect((await open(path).load(keys)).size).toBe(900);
  });

  test("a process killed while it stores leaves whole entries or none", async () => {
    const path = newFile();
    await open(path).store([{ key, facts: facts("lib/a.ex") }]);
    const child = fork(join(import.meta.dirname, "../../support/store-for-ever.ts"), [path], { execArgv: ["--import", "tsx"] });
    await new Promise((resolve) => child.once("message", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    const cache = open(path);
    const keys = Array.from({ length: 5_000 }, (_, at) => ({ blob: `k${at}`, path: `k${at}.ex` }));
    const found = await cache.load([key, ...keys]);
    expect(found.has("lib/a.ex")).toBe(true);
    expect(found.size).toBeGreaterThan(1);
    for (const [name, value] of found) expect(plainFacts(value)).toEqual(facts(name, name === "lib/a.ex" ? 0 : 5_000));
  });
});

describe("the files of a folder", () => {
  const seen = new Map([["lib/a b\n.ex", { stamp: "3 1.5 1.5 7", blob: "b1" }]]);

  test("are remembered for the next process, each folder's apart, the newest state alone", async () => {
    const path = newFile();
    const { folders } = open(path);
    await folders.remember("/shop", new Map([["lib/old.ex", { stamp: "1", blob: "b0" }]]));
    await folders.remember("/shop", seen);
    expect(await open(path).folders.recall("/shop")).toEqual(seen);
    expect((await open(path).folders.recall("/other")).size).toBe(0);
  });

  test("that were damaged on disk are not remembered", async () => {
    const path = newFile();
    await open(path).folders.remember("/shop", seen);
    new SqliteDatabase(path).prepare("update folders set files = replace(files, 'b1', 'b2')").run();
    expect((await open(path).folders.recall("/shop")).size).toBe(0);
  });

  test("are forgotten when many other folders were listed since", async () => {
    const { folders } = open(newFile());
    for (let at = 0; at < 60; at += 1) await folders.remember(`/project-${at}`, seen);
    expect((await folders.recall("/project-0")).size).toBe(0);
    expect(await folders.recall("/project-59")).toEqual(seen);
  });
});
