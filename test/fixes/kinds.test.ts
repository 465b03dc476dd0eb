import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { formatPatch } from "../../src/fixes/formatted.js";
import { proposePatches } from "../../src/fixes/propose.js";
import { fixes } from "../../src/fixes/registry.js";
import type { Patch } from "../../src/model/patch.js";
import type { ExampleFiles } from "../../src/rules/define.js";
import { rules } from "../../src/rules/registry.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { createFormatter } from "../../src/shell/elixir/formatter.js";
import { analysisOf, parse } from "../support/consultation.js";
import { kinds } from "./kinds.js";

const hasElixir = spawnSync("elixir", ["--version"]).status === 0;
const formatter = createFormatter({ root: packageRoot() });
afterAll(() => formatter.close());

/** What every example stands in: a project with the usual libraries and one repository. */
const around: Readonly<Record<string, string>> = {
  "mix.exs": `defmodule Shop.MixProject do
  use Mix.Project

  def project, do: [app: :shop, version: "0.1.0", deps: deps()]
  defp deps, do: [{:phoenix, "~> 1.7"}, {:ecto_sql, "~> 3.12"}, {:postgrex, "~> 0.19"}, {:oban, "~> 2.17"}]
end
`,
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres\nend\n",
};

function exampleOf(rule: string, index: number): ExampleFiles {
  const example = rules.find(({ id }) => id === rule)?.examples[index];
  if (example === undefined) throw new Error(`${rule} has no example ${index}`);
  return example.bad;
}

async function patchFor(rule: string, given: ExampleFiles): Promise<Patch | undefined> {
  const analysis = await analysisOf({ ...around, ...(typeof given === "string" ? { "lib/example.ex": given } : given) });
  const findings = analysis.audit.findings.filter((finding) => finding.rule === rule);
  const [patch] = proposePatches(analysis, findings, parse);
  return patch && formatPatch(patch, analysis.textOf, formatter.format);
}

describe("a fix applies, parses, mends its finding and brings no new one", () => {
  it.each(kinds)("$fix for $rule", async ({ rule, fix, example, gives }) => {
    expect(rules.find(({ id }) => id === rule)?.fix).toBe(fix);
    const patch = await patchFor(rule, typeof example === "number" ? exampleOf(rule, example) : example);
    const { applied, parsed, findingGone, noNewFinding, formatted } = patch?.proof ?? {};
    expect([applied, parsed, findingGone, noNewFinding].map((step) => step?.answer)).toEqual(["yes", "yes", "yes", "yes"]);
    // The lines are as they are expected where Elixir has set them.
    if (!hasElixir) return expect(formatted).toEqual({ answer: "not run", why: "Elixir is not installed here" });
    expect(formatted?.answer).toBe("yes");
    const added = (patch?.diff ?? "").split("\n").filter((line) => line.startsWith("+") && !line.startsWith("+++"));
    expect(added.map((line) => line.slice(1)).join("\n")).toContain(gives);
  });

  it("is tried for every fix there is", () => {
    const elsewhere = [
      "close-file",
      "parameterise-sql",
      "load-before-loop",
      "write-all-at-once",
      "require-login",
      "write-tests",
      "raise-on-failed-write",
    ];
    const tried = new Set([...kinds.map(({ fix }) => fix), ...elsewhere, "read-secret-at-start", "count-in-database", "roll-back-error"]);
    expect([...fixes.keys()].filter((fix) => !tried.has(fix))).toEqual([]);
  });
});
