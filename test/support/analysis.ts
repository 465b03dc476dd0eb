import { createHash } from "node:crypto";
import type { AnalysisPorts } from "../../src/app/analyse.js";
import { createExtractPool } from "../../src/main/extract-pool.js";
import type { SourceTree } from "../../src/model/tree.js";
import { nextTurn, now } from "../../src/shell/clock.js";
import { loadData } from "../../src/shell/data/data.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { createParser } from "../../src/shell/grammars/parser.js";

export const parse = await createParser();
const data = loadData(packageRoot());

/** The real parser and data, nothing cached. */
export const analysisPorts: AnalysisPorts = {
  ...{ extractAll: createExtractPool({ parse, nextTurn }), clock: now, nextTurn, vocabulary: data.effects, checklist: data.checklist },
  factsCache: { load: async () => new Map(), store: async () => undefined },
};

export const evaluationKinds = data["eval-kinds"];

/** A tree that holds exactly these files; blob ids are git's own. A null file can be listed and not read. */
export function treeOf(files: Readonly<Record<string, string | Uint8Array | null>>): SourceTree {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [path, typeof content === "string" ? new TextEncoder().encode(content) : content]),
  );
  return {
    root: "/shop",
    commit: "0".repeat(40),
    workingTree: false,
    list: async () =>
      [...contents].map(([path, bytes]) => {
        const size = bytes?.length ?? 0;
        const blob = createHash("sha1")
          .update(`blob ${size}\0`)
          .update(bytes ?? new Uint8Array())
          .digest("hex");
        return { path, blob, size };
      }),
    read: async function* (entries) {
      for (const entry of entries) yield { entry, bytes: contents.get(entry.path) ?? null };
    },
  };
}

/** A module with one dropped result, on its line 6. */
export const ordersWithDroppedResult = `defmodule Shop.Orders do
  alias Shop.Repo
  alias Shop.Orders.Order

  def pay(order, receipt) do
    Repo.update(Order.paid_changeset(order))
    {:ok, receipt}
  end
end
`;

/** The same, mended. */
export const ordersMended = `defmodule Shop.Orders do
  alias Shop.Repo
  alias Shop.Orders.Order

  def pay(order, receipt) do
    with {:ok, _order} <- Repo.update(Order.paid_changeset(order)) do
      {:ok, receipt}
    end
  end
end
`;
