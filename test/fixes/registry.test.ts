import { expect, test } from "vitest";
import { fixes } from "../../src/fixes/registry.js";
import { rules } from "../../src/rules/registry.js";

test("every fix is named by a rule, and every fix a rule names is there", () => {
  const named = new Set(rules.flatMap(({ fix }) => fix ?? []));
  expect([...named].sort()).toEqual([...fixes.keys()].sort());
});
