import type { FamilyComparison } from "./compare.js";
import type { Told } from "./told.js";

const heads = ["family", "theirs", "both", "only theirs", "Guard shown", "Guard possible", "only Guard"] as const;

/** A Markdown table, a line a family that either side speaks of. */
export function tableOf(families: readonly FamilyComparison[]): string {
  const rows = families
    .filter(({ peer, onlyGuard }) => peer + onlyGuard.length > 0)
    .map(({ family, peer, both, onlyPeer, guardShown, guardPossible, onlyGuard }) => [
      ...[family, peer, both.length, onlyPeer.length, guardShown, guardPossible, onlyGuard.length],
    ]);
  const total = heads.map((_head, column) => (column === 0 ? "all" : rows.reduce((sum, row) => sum + Number(row[column]), 0)));
  return [heads, heads.map(() => "---"), ...rows, total].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The places of each family by who speaks of them, a line each. */
export function placesOf(families: readonly FamilyComparison[]): string {
  const lines = (who: string, told: readonly Told[]): string[] => told.map(({ check, path, line }) => `${who}: ${check} ${path}:${line}`);
  return families
    .flatMap(({ both, onlyPeer, onlyGuard }) => [
      ...lines("both", both),
      ...lines("only theirs", onlyPeer),
      ...lines("only Guard", onlyGuard),
    ])
    .join("\n");
}
