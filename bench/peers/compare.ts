import type { PeerChecks } from "../../src/model/peers.js";
import type { Rule } from "../../src/rules/define.js";
import type { GuardTold } from "./guard.js";
import type { Told } from "./told.js";

/** How far apart two tools may point at the same thing. */
const fewLines = 3;

/** One family of checks (`XSS`, `Config`, `Warning` …) in one project. */
export interface FamilyComparison {
  readonly family: string;
  readonly peer: number;
  /** Of `peer`: Guard says the same of the place, shown unasked or only with `--all`. */
  readonly both: readonly Told[];
  readonly onlyPeer: readonly Told[];
  /** Guard's findings of the same meaning, of all checks of the family. */
  readonly guardShown: number;
  readonly guardPossible: number;
  readonly onlyGuard: readonly GuardTold[];
}

/** The list with what rules say of themselves: a comment for one of these checks silences them, so they mean the same. */
export function withHonoured({ version, checks }: PeerChecks, rules: readonly Pick<Rule, "id" | "silencedBy">[]): PeerChecks {
  const known = new Map(checks.map((entry) => [`${entry.tool} ${entry.check}`, entry]));
  for (const { id, silencedBy } of rules) {
    for (const tool of ["sobelow", "credo"] as const) {
      for (const written of silencedBy[tool] ?? []) {
        const check = written.replace("Credo.Check.", "");
        const entry = known.get(`${tool} ${check}`) ?? { tool, check, rules: [], within: "lines" };
        if (!entry.rules.includes(id)) known.set(`${tool} ${check}`, { ...entry, rules: [...entry.rules, id] });
      }
    }
  }
  return { version, checks: [...known.values()] };
}

/** What a tool and Guard say of one project, family by family; checks without a counterpart are the tool's alone. */
export function compare(
  tool: PeerChecks["checks"][number]["tool"],
  peer: readonly Told[],
  guard: readonly GuardTold[],
  { checks }: PeerChecks,
): FamilyComparison[] {
  const ofTool = checks.filter((known) => known.tool === tool);
  const families = new Set([...ofTool.map(({ check }) => familyOf(check)), ...peer.map(({ check }) => familyOf(check))]);
  return [...families].sort().map((family) => {
    const told = peer.filter(({ check }) => familyOf(check) === family);
    const rules = new Set(ofTool.filter(({ check }) => familyOf(check) === family).flatMap((known) => known.rules));
    const same = guard.filter(({ check }) => rules.has(check));
    const matches = (one: Told, other: GuardTold): boolean => meansTheSame(one, other, ofTool);
    return {
      family,
      peer: told.length,
      both: told.filter((one) => same.some((other) => matches(one, other))),
      onlyPeer: told.filter((one) => !same.some((other) => matches(one, other))),
      guardShown: same.filter(({ shown }) => shown).length,
      guardPossible: same.filter(({ shown }) => !shown).length,
      onlyGuard: same.filter((other) => !told.some((one) => matches(one, other))),
    };
  });
}

function meansTheSame(one: Told, other: GuardTold, checks: PeerChecks["checks"]): boolean {
  const known = checks.find(({ check }) => check === one.check);
  if (known === undefined || !known.rules.includes(other.check)) return false;
  return (
    known.within === "project" ||
    [other, ...other.places].some(({ path, line }) => path === one.path && Math.abs(line - one.line) <= fewLines)
  );
}

function familyOf(check: string): string {
  return check.replace(/\..*/s, "");
}
