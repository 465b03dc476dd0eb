import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extractFacts } from "../../src/code/extract.js";
import { createExtractPool } from "../../src/main/extract-pool.js";
import type { Facts } from "../../src/model/facts.js";
import type { ExtractAll, ParseSource, SourceFile } from "../../src/model/ports.js";
import { nextTurn } from "../../src/shell/clock.js";
import { createParser } from "../../src/shell/grammars/parser.js";
import { plainFacts } from "../support/plain-facts.js";

const root = join(import.meta.dirname, "../..");
let parse: ParseSource;
let workerFile: string;

beforeAll(async () => {
  parse = await createParser();
  // Inside the package, because the thread looks for its parser from where it stands.
  workerFile = join(mkdtempSync(join(root, "node_modules/.guard-test-")), "extract-worker.mjs");
  const entry = join(root, "src/main/extract-worker.ts");
  await build({ entryPoints: [entry], outfile: workerFile, bundle: true, platform: "node", format: "esm", packages: "external" });
});

afterAll(() => rmSync(dirname(workerFile), { recursive: true }));

/** Enough text for threads to be worth their start. */
function largeJob(): SourceFile[] {
  const body = Array.from({ length: 100 }, (_, at) => `  def f${at}(x), do: Enum.map(x, &Repo.get(User, &1.id))\n`).join("");
  return Array.from({ length: 250 }, (_, at) => ({ path: `lib/m${at}.ex`, text: `defmodule M${at} do\n${body}end\n` }));
}

async function all(extract: ExtractAll, sources: readonly SourceFile[], signal?: AbortSignal): Promise<Map<number, Facts>> {
  const done = new Map<number, Facts>();
  for await (const batch of extract(sources, signal)) for (const { index, facts } of batch) done.set(index, facts);
  return done;
}

describe("a large job", () => {
  test("gives in threads what one thread gives", async () => {
    const sources = largeJob();
    const done = await all(createExtractPool({ parse, nextTurn, workerFile }), sources);
    expect(done.size).toBe(sources.length);
    for (const at of [0, 99, 249]) {
      const { path = "", text = "" } = sources[at] ?? {};
      const facts = done.get(at);
      expect(facts && plainFacts(facts)).toEqual(extractFacts(path, text, parse));
    }
  });

  test("is done here when the threads fail", async () => {
    const broken = join(mkdtempSync(join(tmpdir(), "guard-pool-")), "worker.mjs");
    writeFileSync(broken, "throw new Error('cannot start');");
    const sources = largeJob();
    expect((await all(createExtractPool({ parse, nextTurn, workerFile: broken }), sources)).size).toBe(sources.length);
  });

  test("ends between two batches when it is called off, and its threads end by themselves", async () => {
    const called = new AbortController();
    const extract = createExtractPool({ parse, nextTurn, workerFile });
    let batches = 0;
    const work = (async () => {
      for await (const batch of extract(largeJob(), called.signal))
        if (batch.length > 0 && (batches += 1) === 2) called.abort(new Error("enough"));
    })();
    await expect(work).rejects.toThrow("enough");
    expect(batches).toBe(2);
  });
});

test("without the built thread everything is done here", async () => {
  const workerFile = pathToFileURL("/nowhere/worker.js").pathname;
  expect((await all(createExtractPool({ parse, nextTurn, workerFile }), largeJob())).size).toBe(250);
});
