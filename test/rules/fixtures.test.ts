import { describe, expect, it } from "vitest";
import { languageOf } from "../../src/code/extract.js";
import { rules } from "../../src/rules/registry.js";
import { runRules } from "../../src/rules/run.js";
import { projectFrom } from "../support/project.js";
import { fixtureFiles, fixtureNames } from "../support/rule-cases.js";

/** Lines that must be found: the first line below a `# expect: rule` (or `// expect: rule`) comment that is not itself a comment. */
function expected(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const lines = text.split("\n");
    return lines.flatMap((line, index) => {
      const rule = /(?:#|\/\/) expect: ([a-z-]+)/.exec(line)?.[1];
      if (rule === undefined) return [];
      const next = lines.findIndex((candidate, at) => at > index && !/^\s*(#|\/\/)/.test(candidate));
      return [`${path}:${next + 1} ${rule}`];
    });
  });
}

describe("marked files", () => {
  it("stand in folders that are named after rules", () => {
    const ids = new Set(rules.map((rule) => rule.id));
    expect(fixtureNames.filter(([rule]) => !ids.has(rule))).toEqual([]);
  });

  it.each(fixtureNames)("%s/%s is found where it says so and nowhere else", (rule, name) => {
    const files = fixtureFiles(rule, name);
    expect(Object.keys(files).every((path) => languageOf(path) !== null)).toBe(true);
    const project = projectFrom(files);
    for (const facts of project.files.values()) expect(facts.damage, facts.path).toEqual([]);
    const { findings } = runRules(project, (path) => files[path] ?? null, { rules: rules.filter((candidate) => candidate.id === rule) });
    const found = findings
      .filter((finding) => finding.confidence !== "possible")
      .map((finding) => `${finding.place.path}:${finding.place.line} ${finding.rule}`);
    expect(found.sort()).toEqual(expected(files).sort());
  });
});
