import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { languageOf } from "../../src/code/extract.js";
import { rules } from "../../src/rules/registry.js";
import { runRules } from "../../src/rules/run.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { projectFrom } from "../support/project.js";

const root = join(packageRoot(), "test/fixtures/rules");

/** Every entry of a rule's folder is a case: a file of its own, or a folder that is a small project. */
const cases = readdirSync(root).flatMap((rule) => readdirSync(join(root, rule)).map((name) => [rule, name] as const));

function filesUnder(path: string): string[] {
  return statSync(path).isFile() ? [path] : readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

/** Files of one case by the path they would have in a project. */
function load(rule: string, name: string): Record<string, string> {
  const base = join(root, rule);
  const files = filesUnder(join(base, name)).map((path): [string, string] => {
    const within = relative(name.includes(".") || name === "config" ? base : join(base, name), path);
    return [within.includes("/") ? within : `lib/${within}`, readFileSync(path, "utf8")];
  });
  return Object.fromEntries(files);
}

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
    expect(readdirSync(root).filter((folder) => !ids.has(folder))).toEqual([]);
  });

  it.each(cases)("%s/%s is found where it says so and nowhere else", (rule, name) => {
    const files = load(rule, name);
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
