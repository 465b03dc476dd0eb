import { fileURLToPath } from "node:url";
import { analyse } from "../../src/app/analyse.js";
import type { AnalysisPorts } from "../../src/app/analyse.js";
import { anchorOf } from "../../src/app/apply-decisions.js";
import { findingsConcerning } from "../../src/consult/concern.js";
import { proposePatches } from "../../src/fixes/propose.js";
import { guardOf } from "../../src/rules/shared/authentication.js";
import { createExtractPool } from "../../src/main/extract-pool.js";
import type { Analysis } from "../../src/model/audit.js";
import type { Consultation } from "../../src/model/consultation.js";
import type { Decision } from "../../src/model/decision.js";
import type { LineRange } from "../../src/model/source.js";
import { markChecked } from "../../src/model/source.js";
import type { SourceTree } from "../../src/model/tree.js";
import { loadData } from "../../src/shell/data/data.js";
import { createParser } from "../../src/shell/grammars/parser.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const data = loadData(root);
export const parse = await createParser();

const nextTurn = async (): Promise<void> => {};

const ports: AnalysisPorts = {
  extractAll: createExtractPool({ parse, nextTurn }),
  nextTurn,
  vocabulary: data.effects,
  checklist: data.checklist,
  clock: () => 0,
  factsCache: { load: async () => new Map(), store: async () => {} },
};

/** A tree of texts held in memory. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const entries = Object.entries(files).map(([path, text]) => ({ path, blob: path, size: Buffer.byteLength(text) }));
  return {
    root: "memory",
    commit: null,
    workingTree: true,
    list: async () => entries,
    read: async function* (wanted) {
      for (const entry of wanted) yield { entry, bytes: new TextEncoder().encode(files[entry.path]) };
    },
  };
}

export function analysisOf(files: Readonly<Record<string, string>>, decisions: readonly Decision[] = []): Promise<Analysis> {
  return analyse(treeOf(files), ports, { decisions });
}

export interface Asked {
  readonly paths: readonly string[];
  readonly lines?: LineRange;
  readonly question?: string;
  readonly decisions?: readonly Decision[];
  readonly permalink?: (path: string) => string | null;
}

/** A consultation about some files of a project, made as a review makes it: really parsed, joined and judged. */
export async function consultationAbout(files: Readonly<Record<string, string>>, asked: Asked): Promise<Consultation> {
  const decisions = asked.decisions ?? [];
  const analysis = await analysisOf(files, decisions);
  const { project, textOf } = analysis;
  const sources = asked.paths.map((path) =>
    markChecked({
      ...{ repository: "shop", commit: "c".repeat(40), path, language: "elixir", text: files[path] ?? "", lines: asked.lines ?? null },
      permalink: asked.permalink?.(path) ?? null,
    }),
  );
  const findings = findingsConcerning(analysis.audit.findings, sources);
  const open = findings.filter(({ decision }) => decision === null);
  return {
    ...{ question: asked.question ?? "", repository: "shop", commit: "c".repeat(40), sources, findings, project, textOf, decisions },
    anchorOf: (finding) => anchorOf(finding, project, textOf),
    guardOf: (route) => guardOf(route, project),
    ignored: analysis.audit.ignored,
    patches: proposePatches(analysis, open, parse),
    standards: { thresholds: data.triggers, voice: data.voice, prices: data.prices, libraries: data["library-api"] },
    at: Date.parse("2026-11-23"),
  };
}

/** A small shop with one planted N+1, an unindexed foreign key, interpolated SQL and a clean neighbour. */
export const shop: Readonly<Record<string, string>> = {
  "mix.exs": `defmodule Shop.MixProject do
  use Mix.Project

  def project, do: [app: :shop, version: "0.1.0", deps: deps()]
  defp deps, do: [{:phoenix, "~> 1.7"}, {:ecto_sql, "~> 3.12"}, {:postgrex, "~> 0.19"}]
end
`,
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres\nend\n",
  "lib/shop/user.ex": `defmodule Shop.User do
  use Ecto.Schema

  schema "users" do
    field :name, :string
  end
end
`,
  "lib/shop/order.ex": `defmodule Shop.Order do
  use Ecto.Schema

  schema "orders" do
    belongs_to :user, Shop.User
  end
end
`,
  "lib/shop/orders.ex": `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def with_users(orders) do
    Enum.map(orders, fn order -> Repo.preload(order, :user) end)
  end

  def get_order!(id), do: Repo.get!(Order, id)
end
`,
  "lib/shop/search.ex": `defmodule ShopWeb.SearchController do
  use Phoenix.Controller
  alias Shop.Repo

  def index(conn, %{"q" => q}) do
    json(conn, Repo.query!("SELECT id FROM users WHERE name ILIKE '%#{q}%'").rows)
  end
end
`,
  "lib/shop/clean.ex": `defmodule Shop.Money do
  def label(:eur), do: "€"
  def label(:usd), do: "$"
end
`,
  "priv/repo/migrations/20260101000000_create_users.exs": `defmodule Shop.Repo.Migrations.CreateUsers do
  use Ecto.Migration

  def change do
    create table(:users) do
      add :name, :string
    end
  end
end
`,
  "priv/repo/migrations/20260102000000_create_orders.exs": `defmodule Shop.Repo.Migrations.CreateOrders do
  use Ecto.Migration

  def change do
    create table(:orders) do
      add :user_id, references(:users, on_delete: :delete_all)
    end
  end
end
`,
};
