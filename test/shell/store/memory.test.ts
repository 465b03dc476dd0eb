import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import type { Intervention, Problem } from "../../../src/model/intervention.js";
import type { NewDecision, StoredIntervention, StoredRequest } from "../../../src/model/memory.js";
import type { Memory } from "../../../src/model/ports.js";
import { createMemory } from "../../../src/shell/store/memory.js";

const opened: Memory[] = [];
afterEach(async () => {
  for (const memory of opened.splice(0)) await memory.close();
});

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), "guard-memory-")), "memory.sqlite");
}

function open(path = newFile(), now?: () => number): Memory {
  const memory = createMemory({ path, ...(now === undefined ? {} : { now }) });
  opened.push(memory);
  return memory;
}

const asker = { team: "T1", channel: "C1", user: "U1", ts: "1700000000.000100", thread: "1700000000.000100" };

function request(id: string, changes: Partial<StoredRequest> = {}): StoredRequest {
  return { id, asker, state: "accepted", text: "review lib/shop.ex", payload: "{}", at: Date.now(), ...changes };
}

function decision(changes: Partial<NewDecision> = {}): NewDecision {
  return {
    repository: "shop",
    rule: "n-plus-one",
    scope: { kind: "finding", fingerprint: "f1" },
    verdict: "rejected",
    reason: "ten rows at most",
    by: "U1",
    byName: "Ada",
    permalink: null,
    anchor: { path: "lib/shop/orders.ex", line: 12, enclosing: "Shop.Orders.list/0", codeHash: "h1" },
    ...changes,
  };
}

const problem: Problem = {
  id: "1",
  finding: "f1",
  rule: "n-plus-one",
  title: "One query for each order",
  place: { path: "lib/shop/orders.ex", line: 12, endLine: 12, quote: "Repo.get(User, id)" },
  permalink: null,
  consequence: "Each order costs a query.",
  fix: "Preload the users.",
  severity: "high",
  origin: "detector",
  evidence: [],
};

const intervention: Intervention = {
  mode: "offline",
  notice: null,
  verdict: "One problem.",
  sources: [],
  problems: [problem, { ...problem, id: "2", finding: "f2" }],
  sections: { detection: "…" },
  omitted: [],
  options: [],
  patches: [],
  figures: [],
  dropped: [],
  decisions: [],
  unread: [],
  triggersFired: [],
  question: "Shall I?",
  cost: { usage: null, dollars: null, derivation: "no model was asked" },
};

function stored(id: string, changes: Partial<StoredIntervention> = {}): StoredIntervention {
  const where = { team: "T1", channel: "C1", thread: "1", messageTs: null };
  return { id, request: "r1", ...where, repository: "shop", revision: "abc", intervention, at: 5, ...changes };
}

describe("requests", () => {
  test("the same message is claimed once, whatever arrives twice at the same time", async () => {
    const memory = open();
    const claims = await Promise.all(["a", "b", "c"].map((id) => memory.claim(request(id))));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("two processes on one file claim a message once", async () => {
    const path = newFile();
    const [first, second] = [open(path), open(path)];
    const claims = await Promise.all([first.claim(request("a")), second.claim(request("b"))]);
    expect(claims.toSorted()).toEqual([false, true]);
  });

  test("a message of another channel or team is another claim", async () => {
    const memory = open();
    expect(await memory.claim(request("a"))).toBe(true);
    expect(await memory.claim(request("b", { asker: { ...asker, channel: "C2" } }))).toBe(true);
    expect(await memory.claim(request("c", { asker: { ...asker, team: "T2" } }))).toBe(true);
  });

  test("what was accepted or running is open again after a restart, oldest first; what ended is not", async () => {
    const path = newFile();
    const before = open(path);
    const at = Date.now();
    await before.claim(request("late", { at, asker: { ...asker, ts: "3" } }));
    await before.claim(request("early", { at: at - 10, asker: { ...asker, ts: "2" } }));
    await before.claim(request("ended", { at: at - 20 }));
    await before.finish("early", "running");
    await before.finish("ended", "done");
    await before.close();
    opened.splice(0);
    const after = await open(path).open();
    expect(after.map(({ id, state, text }) => [id, state, text])).toEqual([
      ["early", "running", "review lib/shop.ex"],
      ["late", "accepted", "review lib/shop.ex"],
    ]);
  });

  test("a person's words leave the file when the request closes", async () => {
    const path = newFile();
    const memory = open(path);
    await memory.claim(request("a", { text: "please look at the giraffe" }));
    await memory.finish("a", "failed");
    const rows = new SqliteDatabase(path, { readonly: true }).prepare("select state, text, payload from requests").all();
    expect(rows).toEqual([{ state: "failed", text: null, payload: null }]);
  });

  test("a person's words are dropped after a day even when the request never closes", async () => {
    let time = 1_000_000_000_000;
    const memory = open(newFile(), () => time);
    await memory.claim(request("a", { at: time }));
    time += 23 * 60 * 60 * 1_000;
    expect((await memory.open())[0]?.text).toBe("review lib/shop.ex");
    time += 2 * 60 * 60 * 1_000;
    expect((await memory.open())[0]).toMatchObject({ id: "a", text: null, payload: null });
  });
});

describe("interventions", () => {
  test("an intervention comes back as it was saved, problems in order", async () => {
    const memory = open();
    await memory.saveIntervention(stored("i1"));
    expect(await memory.intervention("i1")).toEqual(stored("i1"));
  });

  test("a thread gives its latest intervention, another thread none", async () => {
    const memory = open();
    await memory.saveIntervention(stored("i1"));
    await memory.saveIntervention(stored("i2"));
    await memory.setInterventionMessage("i2", "17.5");
    expect(await memory.interventionInThread("T1", "C1", "1")).toMatchObject({ id: "i2", messageTs: "17.5" });
    expect(await memory.interventionInThread("T1", "C1", "2")).toBeNull();
    expect(await memory.intervention("i3")).toBeNull();
  });
});

describe("decisions", () => {
  test("deciding the same scope again supersedes; another scope stands beside it", async () => {
    const memory = open();
    await memory.decide(decision());
    await memory.decide(decision({ scope: { kind: "file", path: "lib/shop/orders.ex", rule: "n-plus-one" }, verdict: "deferred" }));
    const last = await memory.decide(decision({ verdict: "accepted", reason: "we changed our minds" }));
    expect(last.id).not.toBe("");
    const inForce = await memory.decisionsFor("shop");
    expect(inForce.map(({ scope, verdict }) => [scope.kind, verdict])).toEqual([
      ["finding", "accepted"],
      ["file", "deferred"],
    ]);
    expect(inForce[0]).toEqual(last);
    expect(await memory.decisionsFor("other")).toEqual([]);
  });

  test("a decision superseded is kept, and names the one that replaced it", async () => {
    const path = newFile();
    const memory = open(path);
    await memory.decide(decision());
    const { id } = await memory.decide(decision({ verdict: "accepted" }));
    const rows = new SqliteDatabase(path, { readonly: true })
      .prepare("select verdict, superseded_by from decisions order by position")
      .all();
    expect(rows).toEqual([
      { verdict: "rejected", superseded_by: id },
      { verdict: "accepted", superseded_by: null },
    ]);
  });

  test("search wants every word, anywhere; newest first", async () => {
    const memory = open();
    await memory.decide(decision());
    await memory.decide(decision({ scope: { kind: "finding", fingerprint: "f2" }, byName: "Grace", reason: "cached" }));
    expect((await memory.searchDecisions("")).map(({ byName }) => byName)).toEqual(["Grace", "Ada"]);
    expect((await memory.searchDecisions("orders grace")).map(({ byName }) => byName)).toEqual(["Grace"]);
    expect(await memory.searchDecisions("grace ada")).toEqual([]);
  });

  test("search takes percent, underscore and backslash as themselves", async () => {
    const memory = open();
    await memory.decide(decision({ reason: "under 5% of traffic in a_b\\c" }));
    await memory.decide(decision({ scope: { kind: "finding", fingerprint: "f2" }, reason: "axbc" }));
    for (const word of ["5%", "a_b", "\\c"]) expect(await memory.searchDecisions(word)).toHaveLength(1);
    expect(await memory.searchDecisions("%%%")).toEqual([]);
  });
});

test("a thread's references come nearest first", async () => {
  const memory = open();
  const place = { team: "T1", channel: "C1", thread: "1" };
  await memory.rememberReference(place, { ts: "1.1", repository: "shop", path: "lib/a.ex", revision: null });
  await memory.rememberReference(place, { ts: "1.3", repository: "shop", path: "lib/c.ex", revision: "abc" });
  await memory.rememberReference(place, { ts: "1.2", repository: null, path: "lib/b.ex", revision: null });
  const references = await memory.referencesInThread("T1", "C1", "1");
  expect(references.map(({ path }) => path)).toEqual(["lib/c.ex", "lib/b.ex", "lib/a.ex"]);
  expect(await memory.referencesInThread("T2", "C1", "1")).toEqual([]);
});

test("a file that is no database is refused in one sentence with the remedy", () => {
  const path = newFile();
  writeFileSync(path, "these are not the tables you are looking for".repeat(100));
  expect(() => createMemory({ path })).toThrow(/memory .* cannot be opened \(.+\); restore .* GUARD_DATA_DIR/);
});
