import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedFiles, rulePaths } from "../../scripts/generated.js";
import type { Finding } from "../../src/model/finding.js";
import type { ExampleFiles, Rule } from "../../src/rules/define.js";
import { describeFinding } from "../../src/rules/describe.js";
import { rules } from "../../src/rules/registry.js";
import { runRules } from "../../src/rules/run.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { projectFrom } from "../support/project.js";
import { filesOf } from "../support/rule-cases.js";

const root = packageRoot();

/** What one rule finds, and the places the parser could not read. */
function look(rule: Rule, example: ExampleFiles): { findings: Finding[]; damage: string[] } {
  const files = filesOf(example);
  const project = projectFrom(files);
  const { findings } = runRules(project, (path) => files[path] ?? null, { rules: [rule] });
  const damage = [...project.files.values()].flatMap((facts) => facts.damage.map((span) => `${facts.path}:${span.start}`));
  return { findings, damage };
}

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  it("has examples and says when it must not fire", () => {
    expect(rule.examples.length).toBeGreaterThan(0);
    expect(rule.notWhen.length).toBeGreaterThan(0);
  });

  it.each(rule.examples.map((example, index) => [index + 1, example] as const))(
    "points at the exact text of bad example %i",
    (_, example) => {
      const { findings, damage } = look(rule, example.bad);
      expect(damage).toEqual([]);
      expect(findings.map((finding) => finding.text)).toEqual([example.at]);
      expect(findings[0]?.confidence).not.toBe("possible");
    },
  );

  it.each(rule.examples.map((example, index) => [index + 1, example] as const))("is silent about good example %i", (_, example) => {
    const { findings, damage } = look(rule, example.good);
    expect(damage).toEqual([]);
    expect(findings).toEqual([]);
  });

  it("speaks in whole sentences filled from its slots", () => {
    for (const example of rule.examples) {
      for (const finding of look(rule, example.bad).findings) {
        const { message, why, instead } = describeFinding(finding);
        for (const sentence of [message, why, instead]) {
          expect(sentence).toMatch(/^[A-Z`].*\.$/s);
          expect(sentence).not.toMatch(/undefined|null|NaN|\[object|QUESTION/);
        }
      }
    }
  });
});

describe("the catalogue", () => {
  it("holds every rule on disk, each under an id that is its file's name", async () => {
    const names = (await rulePaths(root)).map((path) => path.split("/").at(-1));
    expect(rules.map((rule) => rule.id)).toEqual(names);
  });

  it("gives every rule its own kebab-case id", () => {
    const ids = rules.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it("covers the ten triggers", () => {
    const covered = new Set(rules.map((rule) => rule.trigger).filter((trigger) => trigger !== "critical_pattern" && trigger !== "advice"));
    expect(covered.size).toBe(10);
  });

  it("has its generated files up to date", async () => {
    for (const [path, content] of await generatedFiles(root)) expect(readFileSync(join(root, path), "utf8"), path).toBe(content);
    expect(readdirSync(join(root, "docs/rules")).length).toBe(rules.length + 1);
  });
});
