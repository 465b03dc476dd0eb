import { describe, expect, it } from "vitest";
import type { Rule } from "../../src/rules/define.js";
import { rules } from "../../src/rules/registry.js";
import { runRules } from "../../src/rules/run.js";
import { casesOf } from "../support/rule-cases.js";
import { projectFrom } from "../support/project.js";

/** The same rule, asked of every file. */
function everywhere(rule: Rule): Rule {
  return { ...rule, where: ({ files }) => files };
}

const sparing = rules.filter((rule) => rule.where !== undefined);

describe("a rule that says where it may match", () => {
  it.each(sparing.map((rule) => [rule.id, rule] as const))("%s finds the same when it is asked of every file", (_id, rule) => {
    const cases = casesOf(rule);
    const found = cases.map((files) => {
      const project = projectFrom(files);
      const textOf = (path: string): string | null => files[path] ?? null;
      const { findings } = runRules(project, textOf, { rules: [everywhere(rule)] });
      expect(runRules(project, textOf, { rules: [rule] }).findings).toEqual(findings);
      return findings.length;
    });
    expect(Math.max(...found)).toBeGreaterThan(0);
  });
});
