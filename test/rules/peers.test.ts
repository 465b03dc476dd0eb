import { describe, expect, it } from "vitest";
import { compare, withHonoured } from "../../bench/peers/compare.js";
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
});

describe("comparing Guard with another tool", () => {
  const told = (check: string, path: string, line: number) => ({ check, path, line });
  const finding = (check: string, path: string, line: number, shown = true) => ({ ...told(check, path, line), shown, places: [] });
  const guard = [
    finding("html-from-input", "lib/page.ex", 12),
    finding("html-from-input", "lib/other.ex", 3, false),
    finding("https-not-enforced", "config/runtime.exs", 40),
    finding("query-per-element", "lib/page.ex", 12),
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

  it("knows a place that Guard names as another one of the same finding", () => {
    const grouped = [{ ...finding("html-from-input", "lib/page.ex", 12), places: [{ path: "lib/row.ex", line: 4 }] }];
    const [xss] = compare("sobelow", [told("XSS.Raw", "lib/row.ex", 4)], grouped, peers).filter(({ family }) => family === "XSS");
    expect(xss).toMatchObject({ onlyPeer: [], onlyGuard: [] });
  });

  it("takes a rule for the counterpart of every check whose comments silence it", () => {
    const honouring = { id: "name-copied", silencedBy: { credo: ["Credo.Check.Design.DuplicatedCode"], sobelow: ["XSS.Raw"] } };
    const { checks } = withHonoured(peers, [honouring]);
    expect(checks.find(({ check }) => check === "Design.DuplicatedCode")).toMatchObject({ tool: "credo", rules: ["name-copied"] });
    expect(checks.find(({ check }) => check === "XSS.Raw")?.rules).toContain("name-copied");
  });
});
