import type { Expression } from "../model/expression.js";
import type { Facts } from "../model/facts.js";
import { outlineOfBody } from "../model/outline.js";
import type { FunctionId, Location, Project, TestFile } from "../model/project.js";
import { functionId } from "./calls/index-functions.js";
import { calledInBody, type ScanContext } from "./calls/scan.js";
import { bodyOf, statementsOf, stringOf } from "./values.js";

/** Test files with their tests (`describe` names in front) and the project functions that anything in them calls. */
export function testFilesOf(
  files: readonly Facts[],
  contextOf: (module: string) => ScanContext | null,
  calls: Project["calls"],
): TestFile[] {
  return files
    .filter((file) => /(^|\/)test\/.*_test\.exs$/.test(file.path))
    .map((file) => ({
      path: file.path,
      modules: file.modules.map((module) => module.name),
      // Names of tests are seldom asked for, and finding them means reading every test.
      get tests() {
        return file.modules.flatMap((module) => testsIn(module.body, "", file.path));
      },
      calls: new Set(file.modules.flatMap((module) => callsIn(file, module.name, contextOf, calls))),
    }));
}

function testsIn(calls: readonly Expression[], prefix: string, path: string): ({ name: string } & Location)[] {
  return calls.flatMap((call) => {
    if (call.kind === "loop") return testsIn(statementsOf(call.body), prefix, path);
    if (call.kind !== "call") return [];
    const name = stringOf(call.arguments[0]) ?? "";
    if (call.function === "test" || call.function === "property" || call.function === "feature")
      return [{ name: `${prefix}${name}`, path, span: call.span }];
    return call.function === "describe" ? testsIn(statementsOf(bodyOf(call)), `${prefix}${name} `, path) : [];
  });
}

/** Calls in tests and setups, and in the helper functions of the test's modules. */
function callsIn(file: Facts, name: string, contextOf: (module: string) => ScanContext | null, calls: Project["calls"]): FunctionId[] {
  const context = contextOf(name);
  const module = file.modules.find((candidate) => candidate.name === name);
  if (context === null || module === undefined) return [];
  const inTests = calledInBody(outlineOfBody(module), name, file.path, context);
  const inHelpers = module.functions.flatMap((entry) => calls.get(functionId(name, entry.name, entry.arity)) ?? []);
  return [...inTests, ...inHelpers.map((site) => site.callee)];
}
