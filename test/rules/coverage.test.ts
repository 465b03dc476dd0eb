import { describe, expect, test } from "vitest";
import type { LineRuns } from "../../src/model/coverage.js";
import { coverageByPath } from "../../src/project/coverage-of.js";
import { riskyFunctionUntested } from "../../src/rules/elixir/tests/risky-function-untested.js";
import { runRules } from "../../src/rules/run.js";
import { projectFrom } from "../support/project.js";

const files = {
  "apps/shop/lib/shop/orders.ex": `defmodule Shop.Orders do
  def create(attrs), do: Shop.Repo.insert(struct(Shop.Order, attrs))

  def cancel(order) do
    Shop.Repo.delete(order)
  end

  def title(order), do: order.title
end
`,
};

function findings(runs: LineRuns | null) {
  const paths = Object.keys(files);
  const coverage = runs === null ? {} : { coverage: coverageByPath(new Map([["/build/apps/shop/lib/shop/orders.ex", runs]]), paths) };
  const project = { ...projectFrom(files), ...coverage };
  return runRules(project, () => null, { rules: [riskyFunctionUntested] }).findings;
}

describe("risky code that no test runs", () => {
  test("is told from a coverage export where none of its lines ran, and only where it changes something", () => {
    const found = findings(
      new Map([
        [2, 4],
        [5, 0],
        [8, 0],
      ]),
    );
    expect(found.map(({ confidence, slots }) => [confidence, slots.functions])).toEqual([["likely", ["cancel/1"]]]);
  });

  test("is nothing where every change ran", () => {
    expect(
      findings(
        new Map([
          [2, 4],
          [5, 1],
          [8, 0],
        ]),
      ),
    ).toEqual([]);
  });

  test("is left to the rule about whole modules where nothing ran, and to calls where no export is given", () => {
    expect(
      findings(
        new Map([
          [2, 0],
          [5, 0],
          [8, 0],
        ]),
      ),
    ).toEqual([]);
    expect(findings(null)).toEqual([]);
  });
});
