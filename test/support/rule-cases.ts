import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { ExampleFiles, Rule } from "../../src/rules/define.js";
import { packageRoot } from "../../src/shell/data/package-root.js";

/** Source text by path. */
export type CaseFiles = Readonly<Record<string, string>>;

const fixtures = join(packageRoot(), "test/fixtures/rules");

/** The rules that have marked files of their own, and the names of these. */
export const fixtureNames: readonly (readonly [rule: string, name: string])[] = readdirSync(fixtures).flatMap((rule) =>
  readdirSync(join(fixtures, rule)).map((name) => [rule, name] as const),
);

/** The small projects a rule is tried on: its examples, bad and good, and its marked files. */
export function casesOf(rule: Rule): CaseFiles[] {
  const examples = rule.examples.flatMap(({ bad, good }) => [filesOf(bad), filesOf(good)]);
  const marked = existsSync(join(fixtures, rule.id)) ? readdirSync(join(fixtures, rule.id)) : [];
  return [...examples, ...marked.map((name) => fixtureFiles(rule.id, name))];
}

/** The files of an example by path. */
export function filesOf(example: ExampleFiles): CaseFiles {
  return typeof example === "string" ? { "lib/example.ex": example } : example;
}

/** Files of one marked case by the path they would have in a project: an entry of a rule's folder is a file of its own, or a small project. */
export function fixtureFiles(rule: string, name: string): CaseFiles {
  const base = join(fixtures, rule);
  const files = filesUnder(join(base, name)).map((path): [string, string] => {
    const within = relative(name.includes(".") || name === "config" ? base : join(base, name), path);
    return [within.includes("/") ? within : `lib/${within}`, readFileSync(path, "utf8")];
  });
  return Object.fromEntries(files);
}

function filesUnder(path: string): string[] {
  return statSync(path).isFile() ? [path] : readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}
