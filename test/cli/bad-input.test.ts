import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { ordersMended } from "../support/analysis.js";
import { createFolder, createRepository, type TestRepository } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

vi.setConfig({ testTimeout: 60_000 }); // whole programs are run

let shop: TestRepository;
let files: string;
beforeAll(async () => {
  shop = await createRepository({ files: { "lib/shop/orders.ex": ordersMended, "lib/shop/logo.ex": new Uint8Array([0, 1, 2]) } });
  files = createFolder({
    "not-json.json": "{",
    "case.jsonl": `${JSON.stringify({
      ...{ id: "one", kind: "n_plus_one", repo: "acme/shop", before: "a", after: "b", path: "lib/shop/orders.ex" },
      ...{ before_start_line: 1, before_end_line: 1, difficulty: "single-file" },
    })}\n`,
    "dispute.jsonl": '{"id": "one", "reason": "It is loaded once."}\n',
    "none.jsonl": "",
    "five-faults.yml": [
      "repositories:",
      "  - name: shop",
      "  - url: https://example.invalid/a.git",
      "    name: bad name",
      "  - name: third",
      "    url: ftp://example.invalid/x",
      "git:",
      "  time_limit_seconds: 0",
      "colour: blue",
    ].join("\n"),
  });
});

/** Each is refused with exit code 2, nothing on stdout, and one line on stderr that names the thing and the remedy. */
const cases: Readonly<Record<string, { readonly words: () => string[]; readonly says: RegExp }>> = {
  "an unknown folder": { words: () => ["audit", "/no/such/folder"], says: /no folder \/no\/such\/folder: check the path/ },
  "an unknown revision": { words: () => ["audit", shop.path, "--ref", "no-such-branch"], says: /no-such-branch/ },
  "an option in place of a revision": { words: () => ["audit", shop.path, "--ref=--output=/tmp/x"], says: /not a revision Guard takes/ },
  "a repository that cannot be reached": { words: () => ["audit", "https://localhost:1/none.git"], says: /localhost:1/ },
  "a protocol that is not taken": { words: () => ["audit", "ext::sh -c id"], says: /\S/ },
  "an unknown rule": {
    words: () => ["audit", shop.path, "--only", "result-droped"],
    says: /no rule result-droped: did you mean result-dropped/,
  },
  "an unknown rule to explain": { words: () => ["explain", "nonsense"], says: /no rule nonsense/ },
  "a missing baseline": {
    words: () => ["audit", shop.path, "--baseline", "/no/file"],
    says: /baseline \/no\/file cannot be read: write one with/,
  },
  "a broken baseline": { words: () => ["audit", shop.path, "--baseline", join(files, "not-json.json")], says: /cannot be read/ },
  "an unknown path": { words: () => ["review", "lib/shop/order.ex", "--repo", shop.path, "--offline"], says: /lib\/shop\/orders?\.ex/ },
  "an unknown module": { words: () => ["review", "Shop.Nothing", "--repo", shop.path, "--offline"], says: /Shop\.Nothing/ },
  "a binary file": { words: () => ["review", "lib/shop/logo.ex", "--repo", shop.path, "--offline"], says: /binary/ },
  "lines beyond the end": { words: () => ["review", "lib/shop/orders.ex:500-510", "--repo", shop.path, "--offline"], says: /no line 500/ },
  "an answer in another schema": {
    words: () => ["review", "lib/shop/orders.ex", "--repo", shop.path, "--model-answer", join(files, "not-json.json")],
    says: /not in the review schema/,
  },
  "a finding nobody knows": {
    words: () => ["decide", "feedfeed", "rejected", "--reason", "x", "--repo", shop.path],
    says: /No finding has the fingerprint feedfeed/,
  },
  "cases that are not there": {
    words: () => ["eval", "--cases", "/no/cases", "--clean", "/no/clean", "--mirrors", "/"],
    says: /\/no\/cases cannot be read/,
  },
  "more disputes than a tenth of the cases": {
    words: () => [
      ...["eval", "--cases", join(files, "case.jsonl"), "--clean", join(files, "none.jsonl")],
      ...["--mirrors", files, "--disputed", join(files, "dispute.jsonl")],
    ],
    says: /disputes 1 of the cases, more than a tenth \(0\)/,
  },
};

test.concurrent.each(Object.entries(cases))("%s is refused in one clear sentence", async (_name, { words, says }) => {
  const { code, output, errors } = await runGuard(words());
  expect(errors).toMatch(says);
  expect(errors).not.toMatch(/\n\s+at /);
  expect({ code, output }).toEqual({ code: 2, output: "" });
});

test("all faults of a configuration come at once, each with its line", async () => {
  const { code, errors } = await runGuard(["audit", shop.path], { env: { GUARD_CONFIG: join(files, "five-faults.yml") } });
  expect(code).toBe(2);
  expect(errors.match(/^guard: five-faults\.yml:\d+: /gm)).toHaveLength(5);
});

test("a wrong value of a flag names the flag and what it takes", async () => {
  const { code, output, errors } = await runGuard(["audit", shop.path, "--min-severity", "awful"]);
  expect({ code, output }).toEqual({ code: 2, output: "" });
  expect(errors).toMatch(/--min-severity.*awful.*critical, high, medium, low/);
});

test("a port that is none is refused before anything runs", async () => {
  expect(await runGuard(["decisions"], { env: { GUARD_PORT: "many" } })).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/GUARD_PORT/) as unknown,
  });
});

test("a memory that is no database is refused with the remedy", async () => {
  const data = createFolder({ "memory.sqlite": "not a database ".repeat(200) });
  expect(await runGuard(["decisions"], { env: { GUARD_DATA_DIR: data } })).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/memory.* cannot be opened .*GUARD_DATA_DIR/) as unknown,
  });
});

test("a damaged facts cache costs one warning and no finding", async () => {
  const data = createFolder({ "facts.sqlite": "not a database ".repeat(200) });
  const { code, output, errors } = await runGuard(["audit", shop.path, "--format", "json"], { env: { GUARD_DATA_DIR: data } });
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ files: { read: 1, skipped: [{ path: "lib/shop/logo.ex", reason: "binary" }] } });
  expect(errors.match(/facts cache/g)).toHaveLength(1);
});

test("a folder without Elixir source is audited, with a word of doubt", async () => {
  const { code, errors } = await runGuard(["audit", createFolder({ "README.md": "# Shop" })]);
  expect(code).toBe(0);
  expect(errors).toMatch(/No source that Guard reads was found in .*: check/);
});
