import { existsSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { areas, confidences, severities, triggers } from "../../src/model/finding.js";
import { ordersMended, ordersWithDroppedResult } from "../support/analysis.js";
import { createFolder, createRepository, type TestRepository } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

vi.setConfig({ testTimeout: 60_000 }); // whole programs are run

const count = z.number().int().nonnegative();

/** The contract of `guard audit --format json`, to the letter; more may stand beside it. */
const AuditContract = z.object({
  schema: z.literal(1),
  tool: z.object({ version: z.string() }),
  root: z.string(),
  commit: z.string().length(40).nullable(),
  files: z.object({ read: count, damaged: count, skipped: z.array(z.object({ path: z.string(), reason: z.string() })) }),
  findings: z.array(
    z.object({
      rule: z.string(),
      trigger: z.enum(triggers),
      area: z.enum(areas),
      severity: z.enum(severities),
      confidence: z.enum(confidences),
      path: z.string(),
      line: z.number().int().positive(),
      column: z.number().int().positive(),
      endLine: z.number().int().positive(),
      endColumn: z.number().int().positive(),
      text: z.string(),
      message: z.string(),
      why: z.string(),
      instead: z.string(),
      cwe: z.array(z.string()),
      evidence: z.array(z.object({ path: z.string(), line: z.number().int(), note: z.string() })),
      fingerprint: z.string(),
      decision: z.object({ verdict: z.string(), reason: z.string(), byName: z.string() }).nullable(),
    }),
  ),
  checklist: z.array(z.object({ item: z.string(), present: z.boolean(), evidence: z.array(z.unknown()) })),
  timing: z.object({
    listMs: count,
    readMs: count,
    parseMs: count,
    joinMs: count,
    rulesMs: count,
    totalMs: count,
    cachedFiles: count,
  }),
});

const orders = "lib/shop/orders.ex";
let shop: TestRepository;
beforeAll(async () => {
  shop = await createRepository({ files: { [orders]: ordersWithDroppedResult, "mix.exs": "defmodule Shop.MixProject do\nend\n" } });
});

async function audit(words: readonly string[], data: string): Promise<{ code: number | null; result: z.infer<typeof AuditContract> }> {
  const { code, output } = await runGuard(["audit", shop.path, "--format", "json", ...words], { env: { GUARD_DATA_DIR: data } });
  return { code, result: AuditContract.parse(JSON.parse(output)) };
}

function manyModules(amount: number): Record<string, string> {
  const names = Array.from({ length: amount }, (_, at) => `M${at}`);
  return Object.fromEntries(names.map((name) => [`lib/shop/${name}.ex`, ordersWithDroppedResult.replaceAll("Orders", name)]));
}

/** How many files' facts a cache holds while another process writes to it; none before it has made its tables. */
function rememberedFiles(cache: string): number {
  if (!existsSync(cache)) return 0;
  const database = new SqliteDatabase(cache, { readonly: true });
  try {
    const made = database.prepare("select 1 from sqlite_master where name = 'facts'").get() !== undefined;
    return made ? (database.prepare<[], number>("select count(*) from facts").pluck().get() ?? 0) : 0;
  } finally {
    database.close();
  }
}

describe("guard audit", () => {
  test("prints the contract's object alone, exits by --fail-on, and takes its own output as a baseline", async () => {
    const data = createFolder();
    const lenient = await audit([], data);
    expect(lenient.code).toBe(0);
    expect(lenient.result.commit).toBe(await shop.git("rev-parse", "HEAD"));
    expect(lenient.result.files).toMatchObject({ read: 2, damaged: 0, skipped: [] });
    expect(lenient.result.findings).toContainEqual(
      expect.objectContaining({ rule: "result-dropped", path: orders, line: 6, column: 5, decision: null }),
    );

    const strict = await audit(["--fail-on", "medium"], data);
    expect(strict.code).toBe(1);
    expect(strict.result.timing.cachedFiles).toBe(2);

    const baseline = join(createFolder({ "baseline.json": JSON.stringify(strict.result) }), "baseline.json");
    expect((await audit(["--fail-on", "low", "--baseline", baseline], data)).code).toBe(0);
  });

  test("leaves a decided finding in the list and out of the exit code, until its code changes", async () => {
    const data = createFolder();
    const env = { GUARD_DATA_DIR: data };
    const before = await audit(["--only", "result-dropped", "--fail-on", "low"], data);
    const fingerprint = before.result.findings[0]?.fingerprint ?? "";
    const words = [fingerprint.slice(0, 12), "rejected", "--reason", "receipts are logged", "--repo", shop.path];
    expect(await runGuard(["decide", ...words], { env })).toMatchObject({ code: 0 });

    const after = await audit(["--only", "result-dropped", "--fail-on", "low"], data);
    expect(after.code).toBe(0);
    expect(after.result.findings[0]?.decision).toMatchObject({ verdict: "rejected", reason: "receipts are logged" });
    const listed = await runGuard(["decisions", "logged"], { env });
    expect(listed.output).toMatch(/rejected result-dropped lib\/shop\/orders\.ex:6\n {2}receipts are logged/);

    shop.write({ [orders]: ordersWithDroppedResult.replace("{:ok, receipt}", "{:ok, receipt.id}") });
    const changed = await audit(["--only", "result-dropped", "--fail-on", "low"], data);
    const committed = await audit(["--only", "result-dropped", "--fail-on", "low", "--ref", "HEAD"], data);
    shop.write({ [orders]: ordersWithDroppedResult });
    expect(changed.code).toBe(1);
    expect(changed.result.findings[0]?.decision).toBeNull();
    expect(committed.code).toBe(0);
  });

  test("with --since tells findings of changed files only, and with --ref reads that commit", async () => {
    const repository = await createRepository({ files: { [orders]: ordersWithDroppedResult } });
    await repository.commit({ "lib/shop/refunds.ex": ordersWithDroppedResult.replaceAll("Orders", "Refunds") });
    const since = await runGuard(["audit", repository.path, "--since", "HEAD~1", "--only", "result-dropped", "--format", "json"]);
    const first = await runGuard(["audit", repository.path, "--ref", "HEAD~1", "--only", "result-dropped", "--format", "json"]);
    const pathsOf = (output: string) => AuditContract.parse(JSON.parse(output)).findings.map(({ path }) => path);
    expect(pathsOf(since.output)).toEqual(["lib/shop/refunds.ex"]);
    expect(pathsOf(first.output)).toEqual([orders]);
  });

  test("reads a folder outside git, and says so by a null commit", async () => {
    const folder = createFolder({ [orders]: ordersMended });
    const { code, output } = await runGuard(["audit", folder, "--format", "json"]);
    expect(code).toBe(0);
    expect(AuditContract.parse(JSON.parse(output))).toMatchObject({ commit: null, files: { read: 1 } });
  });

  test("in a pipe is plain text without colours or progress", async () => {
    const { output, errors } = await runGuard(["audit", shop.path]);
    expect(output).toMatch(/lib\/shop\/orders\.ex\n\n {2}6:5 {2}medium/);
    expect(output).not.toContain("\u001b");
    expect(errors).toBe("");
  });

  test("ends quietly when its reader has seen enough", async () => {
    const large = createFolder(manyModules(400));
    const { code, errors } = await runGuard(["audit", large, "--format", "json"], { closeOutput: true });
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
  });

  test("stops on Ctrl-C with one sentence, exit code 2 and nothing on stdout; what it parsed is kept", async () => {
    const large = createFolder(manyModules(1_500));
    const data = createFolder();
    const stored = () => rememberedFiles(join(data, "facts.sqlite")) > 0;
    const env = { GUARD_DATA_DIR: data };
    const stopped = await runGuard(["audit", large, "--format", "json"], { env, interrupt: { signal: "SIGINT", when: stored } });
    expect(stopped).toEqual({ code: 2, output: "", errors: "guard: Stopped; nothing was written.\n" });
    const again = await runGuard(["audit", large, "--format", "json"], { env });
    expect(AuditContract.parse(JSON.parse(again.output)).timing.cachedFiles).toBeGreaterThan(0);
  });
});
