import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rules } from "../../src/rules/registry.js";
import { packageRoot } from "../../src/shell/data/package-root.js";

test("what every rule says of real projects, or that it says nothing there, is written down", () => {
  const evidence = readFileSync(join(packageRoot(), "docs/rules-evidence.md"), "utf8");
  expect(rules.map(({ id }) => id).filter((id) => !new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(evidence))).toEqual([]);
});
