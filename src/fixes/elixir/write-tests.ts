import type { Project, ProjectFunction } from "../../model/project.js";
import { booleanOf, optionOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { deriveTests } from "./tests/derive.js";
import type { DerivedTest } from "./tests/derive.js";

/** A test file for a module no test reaches, with the tests whose answer the code tells, in the project's own case template. */
export const writeTests: ProposeChange = (finding, { analysis }) => {
  const module = finding.slots["module"];
  const path = finding.slots["testPath"];
  if (typeof module !== "string" || typeof path !== "string" || analysis.textOf(path) !== null) return null;
  const { project } = analysis;
  const short = module.split(".").at(-1) ?? module;
  const template = dataCase(project);
  const tested = publicFunctions(project, module, finding.place.path).flatMap((found) => {
    const tests = deriveTests(found, `${short}.${found.facts.name}`, project).filter((test) => template !== null || !test.needsDatabase);
    return tests.length === 0 ? [] : [{ found, tests }];
  });
  if (tested.length === 0) return null;
  const usesDatabase = tested.some(({ tests }) => tests.some((test) => test.needsDatabase));
  const names = tested.map(({ found }) => `\`${signature(found)}\``);
  return {
    path,
    before: null,
    after: testFile({ module, short, tested, use: useOf(project, usesDatabase && template !== null ? template : "ExUnit.Case") }),
    title: `Test ${names.join(", ")} of \`${module}\``,
    kind: "test",
    findings: [finding.fingerprint],
  };
};

function publicFunctions(project: Project, module: string, path: string): ProjectFunction[] {
  return [...project.functions.values()].filter(
    (found) =>
      found.module === module &&
      found.path === path &&
      found.facts.visibility === "public" &&
      found.facts.kind === "function" &&
      !found.facts.implements,
  );
}

/** The project's template for tests with a database. */
function dataCase(project: Project): string | null {
  return [...project.modules.values()].find((module) => /(?:^|\.)DataCase$/.test(module.name))?.name ?? null;
}

interface Tested {
  readonly found: ProjectFunction;
  readonly tests: readonly DerivedTest[];
}

/** A template as the project's other tests use it: at once with others where most of them are, or where there are none. */
function useOf(project: Project, template: string): string {
  const uses = [...project.modules.values()].flatMap(({ facts }) => facts.uses.filter(({ module }) => module === template));
  const atOnce = uses.filter(({ options }) => booleanOf(optionOf(options, "async")) === true);
  return atOnce.length * 2 >= uses.length ? `${template}, async: true` : template;
}

interface TestFile {
  readonly module: string;
  readonly short: string;
  readonly use: string;
  readonly tested: readonly Tested[];
}

function testFile({ module, short, use, tested }: TestFile): string {
  const tests = tested.flatMap(({ found, tests: derived }) =>
    derived.map((test) => [`  test "${signature(found)} ${test.name}" do`, ...test.lines.map((line) => `    ${line}`), "  end"].join("\n")),
  );
  const head = [`defmodule ${module}Test do`, `  use ${use}`, ...(short === module ? [] : ["", `  alias ${module}`])];
  return `${head.join("\n")}\n\n${tests.join("\n\n")}\nend\n`;
}

function signature(found: ProjectFunction): string {
  return `${found.facts.name}/${found.facts.arity}`;
}
