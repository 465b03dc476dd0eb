import { describe, expect, it } from "vitest";
import { compare } from "../../bench/peers/compare.js";
import { rules } from "../../src/rules/registry.js";
import { loadData } from "../../src/shell/data/data.js";
import { packageRoot } from "../../src/shell/data/package-root.js";

const { peers } = loadData(packageRoot(), ["peers"]);

describe("data/peers.yml", () => {
  it("names rules that exist, and each check once", () => {
    const ids = new Set(rules.map(({ id }) => id));
    expect(peers.checks.flatMap((known) => known.rules).filter((id) => !ids.has(id))).toEqual([]);
    expect(new Set(peers.checks.map(({ tool, check }) => `${tool} ${check}`)).size).toBe(peers.checks.length);
  });

  it("holds every check whose comments silence a rule of the same meaning", () => {
    const silencing = rules.flatMap(({ id, silencedBy }) => [
      ...(silencedBy.sobelow ?? []).map((check) => `sobelow ${check}: ${id}`),
      ...(silencedBy.credo ?? []).map((check) => `credo ${check.replace("Credo.Check.", "")}: ${id}`),
    ]);
    const known = peers.checks.flatMap(({ tool, check, rules: meant }) => meant.map((id) => `${tool} ${check}: ${id}`));
    expect(silencing.filter((pair) => !known.includes(pair))).toEqual([]);
  });
});

describe("comparing Guard with another tool", () => {
  const told = (check: string, path: string, line: number) => ({ check, path, line });
  const guard = [
    { ...told("html-from-input", "lib/page.ex", 12), shown: true },
    { ...told("html-from-input", "lib/other.ex", 3), shown: false },
    { ...told("https-not-enforced", "config/runtime.exs", 40), shown: true },
    { ...told("query-per-element", "lib/page.ex", 12), shown: true },
  ];

  const familyOf = (name: string, sobelow: Parameters<typeof compare>[1]) =>
    compare("sobelow", sobelow, guard, peers).find(({ family }) => family === name);

  it("takes two findings for one where file, meaning and line agree", () => {
    const near = told("XSS.Raw", "lib/page.ex", 10);
    const far = told("XSS.Raw", "lib/page.ex", 30);
    const xss = familyOf("XSS", [near, far]);
    expect(xss).toMatchObject({ peer: 2, both: [near], onlyPeer: [far], guardShown: 1, guardPossible: 1 });
    expect(xss?.onlyGuard.map(({ path }) => path)).toEqual(["lib/other.ex"]);
  });

  it("does not take a finding of another meaning at the same line for the same", () => {
    expect(familyOf("SQL", [told("SQL.Query", "lib/page.ex", 12)])?.both).toEqual([]);
  });

  it("looks in the whole project for what is missing somewhere", () => {
    expect(familyOf("Config", [told("Config.HTTPS", "config/prod.exs", 0)])?.onlyPeer).toEqual([]);
  });

  it("counts checks without a counterpart as the tool's alone", () => {
    const nesting = told("Refactor.Nesting", "lib/page.ex", 12);
    expect(compare("credo", [nesting], guard, peers).find(({ family }) => family === "Refactor")).toMatchObject({
      peer: 1,
      onlyPeer: [nesting],
      guardShown: 0,
    });
  });
});
