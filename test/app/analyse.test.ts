import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { factsCodec } from "../../src/code/codec/facts.js";
import { analyse } from "../../src/app/analyse.js";
import { anchorOf } from "../../src/app/apply-decisions.js";
import { reportAudit } from "../../src/app/audit.js";
import { createExtractPool } from "../../src/main/extract-pool.js";
import type { Analysis } from "../../src/model/audit.js";
import type { Decision, DecisionScope } from "../../src/model/decision.js";
import type { ParseSource, Progress } from "../../src/model/ports.js";
import type { SourceTree } from "../../src/model/tree.js";
import { nextTurn } from "../../src/shell/clock.js";
import { createFactsCache } from "../../src/shell/store/facts-cache.js";
import { analysisPorts, ordersMended, ordersWithDroppedResult, parse, treeOf } from "../support/analysis.js";

const orders = "lib/shop/orders.ex";

function rulesIn(analysis: Analysis, path = orders): string[] {
  return analysis.audit.findings.filter(({ place }) => place.path === path).map(({ rule }) => rule);
}

describe("which files are read", () => {
  test("Elixir source and templates are; dependencies, build products and other files are not", async () => {
    const { audit } = await analyse(
      treeOf({
        [orders]: ordersMended,
        "lib/shop_web/page.html.heex": "<p>hello</p>",
        "config/config.exs": "import Config\n",
        "deps/plug/lib/plug.ex": "defmodule Plug do\nend\n",
        "apps/a/_build/x.ex": "",
        "assets/node_modules/x/y.ex": "",
        "README.md": "# Shop",
        "mix.lock": "%{}\n",
      }),
      analysisPorts,
    );
    // The lock file is read for its versions and is no source.
    expect(audit.filesRead).toBe(3);
    expect(audit.lines).toBe(ordersMended.split("\n").length - 1 + 2);
    expect(audit.filesSkipped).toEqual([]);
  });

  test("what cannot be analysed is skipped with its reason and the rest goes on", async () => {
    const lines = "x = 1\n".repeat(200_001);
    const { audit } = await analyse(
      treeOf({
        [orders]: ordersWithDroppedResult,
        "lib/binary.ex": new Uint8Array([0x64, 0, 1, 2]),
        "lib/large.ex": "#".repeat(5_000_001),
        "lib/long.ex": lines,
        "lib/gone.ex": null,
        "lib/noise.ex": new Uint8Array([0xff, 0xfe, 0x81, 0x02]),
      }),
      analysisPorts,
    );
    expect(Object.fromEntries(audit.filesSkipped.map(({ path, reason }) => [path, reason]))).toEqual({
      "lib/binary.ex": "binary",
      "lib/large.ex": "too_large",
      "lib/long.ex": "too_many_lines",
      "lib/gone.ex": "not_readable",
      "lib/noise.ex": "not_utf8_or_latin1",
    });
    expect(audit.filesRead).toBe(1);
    expect(audit.findings.map(({ rule }) => rule)).toContain("result-dropped");
  });

  test("empty, Latin-1 and marked UTF-8 files are read", async () => {
    const latin1 = Buffer.from('defmodule Shop.Caf\xe9 do\n  def name, do: "caf\xe9"\nend\n', "latin1");
    const marked = Buffer.from(`\ufeff${ordersWithDroppedResult}`);
    const analysis = await analyse(treeOf({ "lib/empty.ex": "", "lib/cafe.ex": latin1, [orders]: marked }), analysisPorts);
    expect(analysis.audit.filesRead).toBe(3);
    expect(analysis.textOf("lib/cafe.ex")).toContain("café");
    expect(analysis.audit.findings.find(({ rule }) => rule === "result-dropped")?.place).toMatchObject({ line: 6, column: 5 });
  });

  test("a file with a syntax error is counted, named as damaged, and analysed where it can be", async () => {
    const broken = `${ordersWithDroppedResult}\ndefmodule Shop.Broken do\n  def half(\n`;
    const { audit } = await analyse(treeOf({ [orders]: broken }), analysisPorts);
    expect(audit.filesRead).toBe(1);
    expect(audit.filesDamaged.map(({ path }) => path)).toEqual([orders]);
    expect(audit.filesDamaged[0]?.places.length).toBeGreaterThan(0);
  });
});

describe("which findings are told", () => {
  test("with an older tree, only those in files that changed since", async () => {
    const since = treeOf({ [orders]: ordersWithDroppedResult, "lib/shop/refunds.ex": "" });
    const tree = treeOf({
      [orders]: ordersWithDroppedResult,
      "lib/shop/refunds.ex": ordersWithDroppedResult.replaceAll("Orders", "Refunds"),
    });
    const analysis = await analyse(tree, analysisPorts, { since });
    expect(analysis.audit.filesRead).toBe(2);
    expect(rulesIn(analysis)).toEqual([]);
    expect(rulesIn(analysis, "lib/shop/refunds.ex")).toContain("result-dropped");
  });
});

describe("facts", () => {
  test("are parsed once: another run takes them from the cache and finds the same", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "guard-analyse-")), "facts.sqlite");
    const factsCache = createFactsCache({ path, extractorVersion: "1", codec: factsCodec });
    const parsed: string[] = [];
    const counting: ParseSource = (language, text) => {
      parsed.push(text);
      return parse(language, text);
    };
    const extractAll = createExtractPool({ parse: counting, nextTurn });
    const ports = { ...analysisPorts, factsCache, extractAll };
    const files = { [orders]: ordersWithDroppedResult, "lib/shop/item.ex": "defmodule Shop.Item do\nend\n" };
    const cold = await analyse(treeOf(files), ports);
    const warm = await analyse(treeOf({ ...files, "lib/shop/item.ex": "defmodule Shop.Item do\n  def a, do: 1\nend\n" }), ports);
    await factsCache.close();
    expect(cold.audit.timing.cachedFiles).toBe(0);
    expect(warm.audit.timing.cachedFiles).toBe(1);
    expect(parsed.filter((text) => text.includes("Shop.Orders"))).toHaveLength(1);
    expect(rulesIn(warm)).toEqual(rulesIn(cold));
  });

  test("of a file that was met before stand for it: its text is read only when a finding quotes it", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "guard-facts-")), "facts.sqlite");
    const factsCache = createFactsCache({ path, extractorVersion: "1", codec: factsCodec });
    const files: Readonly<Record<string, string>> = {
      [orders]: ordersWithDroppedResult,
      "lib/shop/item.ex": "defmodule Shop.Item do\nend\n",
    };
    const late: string[] = [];
    const early: string[] = [];
    const plain = treeOf(files);
    const tree: SourceTree = {
      ...plain,
      read: (entries, signal) => {
        early.push(...entries.map((entry) => entry.path));
        return plain.read(entries, signal);
      },
      readNow: ({ path: wanted }) => {
        late.push(wanted);
        return new TextEncoder().encode(files[wanted]);
      },
    };
    const cold = await analyse(tree, { ...analysisPorts, factsCache });
    expect([early, late]).toEqual([[orders, "lib/shop/item.ex"], []]);
    early.length = 0;
    const warm = await analyse(tree, { ...analysisPorts, factsCache });
    await factsCache.close();
    expect([early, late]).toEqual([[], [orders]]);
    expect(warm.audit.findings).toEqual(cold.audit.findings);
    expect(warm.audit.lines).toBe(cold.audit.lines);
  });

  test("of a table's migration change what is found in another file, the rest being remembered", async () => {
    const schema = 'defmodule Shop.Line do\n  use Ecto.Schema\n\n  schema "lines" do\n    belongs_to :order, Shop.Order\n  end\nend\n';
    const migration = (name: string, change: string): string =>
      `defmodule Shop.Repo.Migrations.${name} do\n  use Ecto.Migration\n\n  def change do\n    ${change}\n  end\nend\n`;
    const create = migration("CreateLines", "create table(:lines) do\n      add :order_id, references(:orders)\n    end");
    const first = "priv/repo/migrations/20240101000000_create_lines.exs";
    const files = (later: string) => ({
      "lib/shop/line.ex": schema,
      [first]: create,
      "priv/repo/migrations/20240102000000_later.exs": migration("Later", later),
    });
    const path = join(mkdtempSync(join(tmpdir(), "guard-facts-")), "facts.sqlite");
    const factsCache = createFactsCache({ path, extractorVersion: "1", codec: factsCodec });
    const ports = { ...analysisPorts, factsCache };
    const bare = await analyse(treeOf(files("create index(:lines, [:inserted_at])")), ports);
    const indexed = await analyse(treeOf(files("create index(:lines, [:order_id])")), ports);
    await factsCache.close();
    const unindexed = ({ audit }: Analysis) => audit.findings.filter(({ rule }) => rule === "foreign-key-without-index");
    expect(unindexed(bare).map(({ place }) => place.path)).toEqual([first]);
    expect(unindexed(indexed)).toEqual([]);
    expect(indexed.audit.timing.cachedFiles).toBe(2);
  });

  test("of a migration change what is found in a query's file, which is remembered", async () => {
    const migration = (index: string): string =>
      `defmodule Shop.Repo.Migrations.CreateSeats do\n  use Ecto.Migration\n\n  def change do\n    create table(:seats) do\n      add :play_id, references(:plays)\n      add :row_id, references(:rows)\n    end\n\n    create ${index}(:seats, [:play_id, :row_id])\n  end\nend\n`;
    const files = (index: string) => ({
      "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
      "lib/shop/seat.ex":
        'defmodule Shop.Seat do\n  use Ecto.Schema\n\n  schema "seats" do\n    belongs_to :play, Shop.Play\n    belongs_to :row, Shop.Row\n  end\nend\n',
      "lib/shop/seats.ex":
        "defmodule Shop.Seats do\n  def find(play, row), do: Shop.Repo.get_by(Shop.Seat, play_id: play.id, row_id: row.id)\nend\n",
      "priv/repo/migrations/20240101000000_create_seats.exs": migration(index),
    });
    const path = join(mkdtempSync(join(tmpdir(), "guard-facts-")), "facts.sqlite");
    const factsCache = createFactsCache({ path, extractorVersion: "1", codec: factsCodec });
    const ports = { ...analysisPorts, factsCache };
    const plain = await analyse(treeOf(files("index")), ports);
    const unique = await analyse(treeOf(files("unique_index")), ports);
    const again = await analyse(treeOf(files("index")), ports);
    await factsCache.close();
    const expected = (analysis: Analysis) => rulesIn(analysis, "lib/shop/seats.ex").filter((rule) => rule === "pair-not-unique");
    expect([plain, unique, again].map(expected)).toEqual([["pair-not-unique"], [], ["pair-not-unique"]]);
    expect([unique, again].map(({ audit }) => audit.timing.cachedFiles)).toEqual([3, 4]);
  });

  test("parsed before an abort are kept, and nothing comes back", async () => {
    const controller = new AbortController();
    const stored: string[] = [];
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`lib/m${at}.ex`, `defmodule M${at} do\nend\n`]));
    const ports = {
      ...analysisPorts,
      factsCache: {
        load: async () => new Map(),
        store: async (entries: readonly { readonly key: { readonly path: string } }[]) => {
          stored.push(...entries.map(({ key }) => key.path));
        },
      },
    };
    const report = ({ step, done }: Progress): void => {
      if (step === "parse" && done === 20) controller.abort();
    };
    await expect(analyse(treeOf(files), ports, { signal: controller.signal, report })).rejects.toThrow(/abort/);
    expect(stored).toHaveLength(20);
  });

  test("progress is told step by step", async () => {
    const steps: Progress["step"][] = [];
    await analyse(treeOf({ [orders]: ordersMended }), analysisPorts, { report: ({ step }) => steps.push(step) });
    expect([...new Set(steps)]).toEqual(["list", "read", "parse", "join", "rules"]);
  });
});

describe("decisions", () => {
  async function decided(scope: (fingerprint: string) => DecisionScope): Promise<Decision> {
    const { project, audit, textOf } = await analyse(treeOf({ [orders]: ordersWithDroppedResult }), analysisPorts);
    const finding = audit.findings.find(({ rule }) => rule === "result-dropped");
    if (finding === undefined) throw new Error("the fixture has no dropped result any more");
    return {
      ...{
        id: "d1",
        repository: "shop",
        rule: finding.rule,
        scope: scope(finding.fingerprint),
        verdict: "rejected",
        reason: "it is logged",
      },
      ...{ by: "U1", byName: "Ada", at: 1, permalink: null, anchor: anchorOf(finding, project, textOf) },
    };
  }

  async function verdictOn(text: string, decisions: readonly Decision[]): Promise<string | null | undefined> {
    const { audit } = await analyse(treeOf({ [orders]: text }), analysisPorts, { decisions });
    const finding = audit.findings.find(({ rule }) => rule === "result-dropped");
    return finding === undefined ? undefined : (finding.decision?.byName ?? null);
  }

  test("about a finding hold while its function stays the same, wherever it moves", async () => {
    const decision = await decided((fingerprint) => ({ kind: "finding", fingerprint }));
    expect(await verdictOn(ordersWithDroppedResult, [decision])).toBe("Ada");
    expect(await verdictOn(ordersWithDroppedResult.replace("  def pay", "  # moved\n\n  def pay"), [decision])).toBe("Ada");
    expect(
      await verdictOn(ordersWithDroppedResult.replace("  alias Shop.Repo\n", "  alias Shop.Repo\n\n  def other, do: 1\n"), [decision]),
    ).toBe("Ada");
  });

  test("about a finding end when the code around it in its function changes", async () => {
    const decision = await decided((fingerprint) => ({ kind: "finding", fingerprint }));
    expect(await verdictOn(ordersWithDroppedResult.replace("{:ok, receipt}", "{:ok, receipt.id}"), [decision])).toBeNull();
  });

  test("about a file or the repository cover the rule there, the narrowest first", async () => {
    const file = await decided(() => ({ kind: "file", path: orders, rule: "result-dropped" }));
    const repository = { ...(await decided(() => ({ kind: "repository", rule: "result-dropped" }))), byName: "Grace", at: 9 };
    const changed = ordersWithDroppedResult.replace("{:ok, receipt}", "{:ok, receipt.id}");
    expect(await verdictOn(changed, [repository, file])).toBe("Ada");
    expect(await verdictOn(changed, [repository])).toBe("Grace");
    expect(await verdictOn(changed, [{ ...file, scope: { kind: "file", path: "lib/other.ex", rule: "result-dropped" } }])).toBeNull();
  });
});

describe("the report", () => {
  const options = {
    tool: { name: "guard", version: "1" },
    minimumSeverity: "low",
    minimumConfidence: "possible",
    baseline: new Set<string>(),
  } as const;

  test("fails on open findings at or over the severity, and on neither decided nor baselined ones", async () => {
    const analysis = await analyse(treeOf({ [orders]: ordersWithDroppedResult }), analysisPorts);
    const failing = (report: ReturnType<typeof reportAudit>) => report.findings.filter(({ fails }) => fails).map(({ rule }) => rule);
    expect(failing(reportAudit(analysis, { ...options, failOn: "medium" }))).toContain("result-dropped");
    expect(failing(reportAudit(analysis, { ...options, failOn: "critical" }))).toEqual([]);
    const baseline = new Set(analysis.audit.findings.map(({ fingerprint }) => fingerprint));
    expect(failing(reportAudit(analysis, { ...options, failOn: "low", baseline }))).toEqual([]);
  });

  test("hides a secret wherever a finding repeats it", async () => {
    const secret = ["k9Xw2", "Lq7Zr5", "Tn8Vb3"].join("");
    const text = `import Config\n\nconfig :shop, ShopWeb.Endpoint, secret_key_base: "${secret.repeat(4)}"\n`;
    const analysis = await analyse(treeOf({ "config/config.exs": text, "mix.exs": "" }), analysisPorts);
    expect(analysis.audit.findings.map(({ rule }) => rule)).toContain("secret-in-source");
    const report = reportAudit(analysis, { ...options, failOn: "high" });
    expect(JSON.stringify(report.findings.map(({ text: quoted, message, why, instead }) => [quoted, message, why, instead]))).not.toContain(
      secret,
    );
  });
});

test("the checklist names what a dependency, a route or code gives, and leaves comments out", async () => {
  const { audit } = await analyse(
    treeOf({
      "mix.exs": 'defmodule Shop.MixProject do\n  def deps do\n    [{:oban, "~> 2.17"}]\n    # {:hammer, "~> 6.0"}\n  end\nend\n',
      "lib/shop_web/router.ex":
        'defmodule ShopWeb.Router do\n  use Phoenix.Router\n\n  scope "/api" do\n    get "/health", ShopWeb.HealthController, :show\n  end\nend\n',
      "lib/shop/cache.ex": "defmodule Shop.Cache do\n  def start do\n    :ets.new(:shop, [:set])\n  end\nend\n",
    }),
    analysisPorts,
  );
  const present = audit.checklist.filter((item) => item.present);
  expect(present.map(({ item, evidence }) => [item, evidence[0]?.path, evidence[0]?.line])).toEqual([
    ["health check", "lib/shop_web/router.ex", 5],
    ["caching", "lib/shop/cache.ex", 3],
    ["background jobs", "mix.exs", 3],
  ]);
  expect(audit.checklist).toHaveLength(10);
});

test("the checklist names the plugs of pipelines and the tables that keep what people did", async () => {
  const { audit } = await analyse(
    treeOf({
      "lib/shop_web/router.ex":
        "defmodule ShopWeb.Router do\n  use Phoenix.Router\n\n  pipeline :browser do\n    plug :put_secure_browser_headers\n  end\nend\n",
      "lib/shop_web/endpoint.ex": "defmodule ShopWeb.Endpoint do\n  use Phoenix.Endpoint, otp_app: :shop\n\n  plug Plug.RequestId\nend\n",
      "lib/shop/entry.ex":
        'defmodule Shop.Entry do\n  use Ecto.Schema\n\n  schema "audit_logs" do\n    field :action, :string\n  end\nend\n',
      "lib/shop/log.ex": 'defmodule Shop.Log do\n  use Ecto.Schema\n\n  schema "logs" do\n    field :text, :string\n  end\nend\n',
    }),
    analysisPorts,
  );
  const present = audit.checklist.filter((item) => item.present);
  expect(present.map(({ item, evidence }) => [item, evidence.map(({ path, line }) => `${path}:${line}`)])).toEqual([
    ["request id", ["lib/shop_web/endpoint.ex:4"]],
    ["security headers", ["lib/shop_web/router.ex:5"]],
    ["audit logging", ["lib/shop/entry.ex:4"]],
  ]);
});
